"""What an installation's statuses have to be, whoever changes them."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import Status
from crm.services.deals import move_deal, trash_deal
from crm.services.statuses import add_status, change_status, delete_status, place_status
from tests.factories import make_deal, make_status

pytestmark = pytest.mark.django_db


def test_a_new_status_stands_behind_the_others() -> None:
    assert [add_status(name=name, by=None).position for name in ("Ожидание", "Примерка")] == [6, 7]


def test_deals_are_dated_when_their_status_closes() -> None:
    status = make_status()
    deal = move_deal(deal=make_deal(), status=status, by=None)
    entered = deal.stays.get(left_at=None).entered_at

    change_status(status=status, kind="won", by=None)

    deal.refresh_from_db()
    assert deal.closed_at == entered


def test_deals_lose_the_date_when_their_status_opens() -> None:
    won = Status.objects.get(kind="won")
    deal, other = make_deal(status=won), make_deal(status=Status.objects.get(kind="lost"))

    change_status(status=won, kind="open", by=None)

    deal.refresh_from_db()
    other.refresh_from_db()
    assert (deal.closed_at, other.closed_at is None) == (None, False)


def test_the_order_that_the_export_shows_is_none_of_a_kinds_business() -> None:
    deal = make_deal(status=Status.objects.get(pk=2))

    change_status(status=deal.status, kind="won", by=None)

    before = deal.order_json, deal.changed_at
    deal.refresh_from_db()
    assert (deal.order_json, deal.changed_at) == before


@pytest.mark.parametrize("kind", ["won", "lost"])
def test_the_last_open_status_stays_open(kind: str) -> None:
    Status.objects.filter(pk=2).delete()

    with pytest.raises(ValidationError):
        change_status(status=Status.objects.get(pk=1), kind=kind, by=None)


def test_the_last_open_status_is_not_deleted() -> None:
    Status.objects.filter(pk=2).delete()

    with pytest.raises(ValidationError):
        delete_status(status=Status.objects.get(pk=1), by=None)


def test_a_status_that_a_deal_has_left_stays() -> None:
    status = make_status()
    move_deal(deal=make_deal(status=status), status=Status.objects.get(pk=1), by=None)

    with pytest.raises(ValidationError):
        delete_status(status=status, by=None)


def test_a_status_that_a_deal_in_the_trash_returns_to_stays() -> None:
    deal = trash_deal(deal=make_deal(status=make_status()), by=None)
    assert deal.status_before_trash is not None

    with pytest.raises(ValidationError):
        delete_status(status=deal.status_before_trash, by=None)


def test_there_is_no_second_status_of_deleted_deals() -> None:
    with pytest.raises(ValidationError):
        add_status(name="Тоже удалена", kind="deleted", by=None)


def test_a_status_is_put_at_another_place_and_that_of_deleted_deals_is_passed_over() -> None:
    status = make_status()  # behind "Удалена", the fifth

    place_status(status=status, place=1, by=None)
    assert list(Status.objects.values_list("pk", flat=True)) == [1, status.pk, 2, 3, 5, 4]

    place_status(status=status, place=9, by=None)
    assert list(Status.objects.values_list("pk", flat=True)) == [1, 2, 3, 4, 5, status.pk]


def test_an_archived_status_is_put_nowhere() -> None:
    status = make_status(is_archived=True)

    place_status(status=status, place=0, by=None)

    assert list(Status.objects.values_list("pk", flat=True)) == [1, 2, 3, 4, 5, status.pk]
