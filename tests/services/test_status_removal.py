"""Taking a status out of use: where its deals go, and what stays of it."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics_api.payloads import scheme
from crm.models import Change, Deal, SettingChange, Status
from crm.services.deals import move_deal, restore_deal, trash_deal
from crm.services.orders import build_order, values_of
from crm.services.status_removal import Removed, empty_status, remove_status
from tests.factories import make_deal, make_field, make_status, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Status:
    return make_status("Ожидание")


def status(kind: str) -> Status:
    return Status.objects.filter(kind=kind).earliest("pk")


def changes(deal: Deal) -> list[tuple[Any, ...]]:
    return list(Change.objects.filter(number=deal.pk).order_by("pk").values_list("verb", "field", "old", "new")[1:])


def test_a_status_that_no_deal_was_ever_in_is_deleted(waiting: Status) -> None:
    assert remove_status(status=waiting, by=None) == Removed(moved=0, is_gone=True)

    assert not Status.objects.filter(pk=waiting.pk).exists()


def test_a_status_that_deals_left_is_archived_and_stays_in_the_scheme(waiting: Status) -> None:
    move_deal(deal=make_deal(status=waiting), status=status("won"), by=None)

    assert remove_status(status=waiting, by=None) == Removed(moved=0, is_gone=False)

    waiting.refresh_from_db()
    assert waiting.is_archived
    assert {"id": str(waiting.pk), "name": "Ожидание"} in scheme()["statuses"]


def test_the_deals_move_as_by_hand(waiting: Status) -> None:
    by, to, field = make_user(), status("won"), make_field()
    deal = make_deal(status=waiting, price=100, values={field: "Центр"})
    began = deal.changed_at

    assert remove_status(status=waiting, to=to, by=by) == Removed(moved=1, is_gone=False)

    deal.refresh_from_db()
    left, entered = deal.stays.order_by("pk")
    assert (deal.status, left.status, entered.status) == (to, waiting, to)
    assert left.left_at == entered.entered_at == deal.closed_at
    assert entered.left_at is None
    assert json.loads(deal.order_json) == build_order(deal, values_of([deal])[deal.pk])
    assert deal.changed_at > began
    assert changes(deal) == [("moved", "status", waiting.pk, to.pk)]
    assert Change.objects.get(verb="moved").by == by
    assert Change.objects.get(verb="moved").batch is not None


def test_deals_that_get_lost_keep_the_reason(waiting: Status) -> None:
    deal = make_deal(status=waiting)

    remove_status(status=waiting, to=status("lost"), lost_reason="Закрыли направление", by=None)

    deal.refresh_from_db()
    assert deal.lost_reason == "Закрыли направление"
    assert changes(deal)[1] == ("changed", "lost_reason", "", "Закрыли направление")


def test_deals_that_are_won_back_lose_reason_and_date() -> None:
    lost = make_status("Отказ", kind="lost")
    deal = move_deal(deal=make_deal(), status=lost, lost_reason="Дорого", by=None)

    remove_status(status=lost, to=status("open"), by=None)

    deal.refresh_from_db()
    assert (deal.lost_reason, deal.closed_at) == ("", None)


def test_a_deal_in_the_trash_returns_to_where_the_others_went(waiting: Status) -> None:
    deal = trash_deal(deal=make_deal(status=waiting), by=None)

    remove_status(status=waiting, to=status("won"), by=None)

    assert restore_deal(deal=deal, by=None).status == status("won")


def test_deals_may_stay_in_the_archived_status(waiting: Status) -> None:
    deal = make_deal(status=waiting)

    assert remove_status(status=waiting, by=None) == Removed(moved=0, is_gone=False)

    deal.refresh_from_db()
    assert deal.status == waiting


@pytest.mark.parametrize("to", ["itself", "deleted", "archived"])
def test_deals_go_to_a_usable_status_only(waiting: Status, to: str) -> None:
    make_deal(status=waiting)
    targets = {"itself": waiting, "deleted": status("deleted"), "archived": make_status(is_archived=True)}

    with pytest.raises(ValidationError):
        remove_status(status=waiting, to=targets[to], by=None)

    waiting.refresh_from_db()
    assert not waiting.is_archived


@pytest.mark.parametrize("kind", ["open", "deleted"])
def test_what_the_installation_needs_stays(kind: str) -> None:
    Status.objects.filter(pk=2).delete()
    make_deal()

    with pytest.raises(ValidationError):
        remove_status(status=status(kind), to=status("won"), by=None)


def test_the_log_of_settings_tells_both(waiting: Status) -> None:
    make_deal(status=waiting)

    remove_status(status=waiting, to=status("won"), by=None)

    assert list(SettingChange.objects.order_by("pk").values_list("verb", "field", "old", "new")) == [
        ("handed_over", "deals", 1, "Оплачена"),
        ("changed", "is_archived", False, True),
    ]


def test_many_deals_cost_queries_by_the_portion(monkeypatch: pytest.MonkeyPatch, waiting: Status) -> None:
    """And no deal is left out between two portions."""
    monkeypatch.setattr("crm.services.status_removal.DEALS", 2)
    for _ in range(5):
        make_deal(status=waiting)

    with CaptureQueriesContext(connection) as portions:
        assert empty_status(status=waiting, to=status("won"), by=None) == 5

    monkeypatch.setattr("crm.services.status_removal.DEALS", 5)
    with CaptureQueriesContext(connection) as at_once:
        assert empty_status(status=status("won"), to=waiting, by=None) == 5
    assert len(portions) - len(at_once) < 30
    assert {deal.status for deal in Deal.objects.all()} == {waiting}
