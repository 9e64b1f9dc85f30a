"""Statuses: order, colours, kinds, archive."""

from typing import Any

import pytest
from django.test import Client as Browser

from crm.models import Deal, Status
from tests.admin.pages import errors, form_on, save
from tests.factories import make_deal, make_status

LIST = "/admin/crm/status/"


def page(pk: int) -> str:
    return f"{LIST}{pk}/change/"


def test_a_status_is_added_behind_the_others(office: Browser) -> None:
    save(office, f"{LIST}add/", name="Ожидание", palette="teal")

    status = Status.objects.get(name="Ожидание")
    assert (status.position, status.kind, status.palette) == (6, "open", "teal")


def test_the_order_is_changed_in_the_list(office: Browser) -> None:
    page_of_all = office.get(LIST)
    positions = {1: 2, 2: 1, 3: 3, 4: 4, 5: 5}
    data: dict[str, Any] = {"form-TOTAL_FORMS": 5, "form-INITIAL_FORMS": 5, "_save": "Save"}
    for number, status in enumerate(page_of_all.context["cl"].result_list):
        data |= {f"form-{number}-id": status.pk, f"form-{number}-position": positions[status.pk]}

    office.post(LIST, data)

    assert list(Status.objects.values_list("pk", flat=True)) == [2, 1, 3, 4, 5]


def test_the_colour_is_shown_by_a_class(office: Browser) -> None:
    assert 'class="swatch palette-blue"' in office.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("pk", "changes", "field"),
    [
        (5, {"kind": "lost"}, "kind"),
        (5, {"is_archived": "on"}, "is_archived"),
        (1, {"kind": "deleted"}, "kind"),
    ],
)
def test_there_is_exactly_one_status_of_deleted_deals(
    office: Browser, pk: int, changes: dict[str, str], field: str
) -> None:
    assert list(errors(save(office, page(pk), **changes))) == [field]


@pytest.mark.parametrize(("changes", "field"), [({"kind": "won"}, "kind"), ({"is_archived": "on"}, "is_archived")])
def test_one_open_status_stays(office: Browser, changes: dict[str, str], field: str) -> None:
    Status.objects.filter(pk=2).update(is_archived=True)

    assert errors(save(office, page(1), **changes)) == {field: ["One open status has to stay: new deals begin in it."]}


def test_deals_close_with_their_status(office: Browser) -> None:
    deal = make_deal(status=Status.objects.get(pk=2))

    save(office, page(2), kind="won")

    deal.refresh_from_db()
    assert deal.closed_at == deal.stays.get().entered_at


def test_a_status_never_used_is_deleted(office: Browser) -> None:
    status = make_status()

    office.post(f"{LIST}{status.pk}/delete/", {"post": "yes"})

    assert not Status.objects.filter(pk=status.pk).exists()


def test_a_status_that_deals_were_in_stays(office: Browser) -> None:
    make_deal()

    assert "deletelink" not in office.get(page(1)).content.decode()
    assert office.post(f"{LIST}1/delete/", {"post": "yes"}).status_code == 403
    assert Deal.objects.get().status_id == 1


def test_the_status_of_deleted_deals_is_not_deleted_unused_as_it_is(office: Browser) -> None:
    response = office.post(f"{LIST}5/delete/", {"post": "yes"}, follow=True)

    assert "The status of deleted deals has to stay." in response.content.decode()
    assert Status.objects.filter(pk=5).exists()


def test_what_a_service_refuses_is_said_and_nothing_is_saved(office: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody archived the other open status after the form had been checked."""
    monkeypatch.setattr("crm.admin.statuses.check_status", lambda status: None)
    Status.objects.filter(pk=2).update(is_archived=True)

    response = office.post(page(1), form_on(office.get(page(1))) | {"kind": "won"}, follow=True)

    assert "One open status has to stay" in response.content.decode()
    assert Status.objects.get(pk=1).kind == "open"


def test_a_position_that_a_service_refuses_is_said_in_the_list(
    office: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    Status.objects.filter(kind="open").update(is_archived=True)
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": 3, "form-0-position": 9, "_save": "Save"}

    response = office.post(LIST, data, follow=True)

    assert "One open status has to stay" in response.content.decode()
