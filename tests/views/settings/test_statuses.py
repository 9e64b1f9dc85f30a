"""Settings → Statuses."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client as HttpClient
from pytest_django import DjangoAssertNumQueries

from crm.models import Deal, SettingChange, Status, User
from tests.factories import make_deal, make_status

pytestmark = pytest.mark.django_db
LIST = "/settings/statuses/"
FORM = {"name": "Примерка", "palette": "teal", "kind": "open", "on_board": "on", "stale_after": "7", "agreed": ""}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_each_status_with_its_deals(
    office: HttpClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    statuses = [make_status(f"Ожидание {number}", stale_after=7) for number in range(count)]
    for status in statuses:
        make_deal(status=status)

    with django_assert_num_queries(4):
        page = office.get(LIST)

    assert [row.pk for row in page.context["usable"]] == [1, 2, 3, 4, *(status.pk for status in statuses)]
    assert [row.deal_count for row in page.context["usable"]] == [0, 0, 0, 0, *[1] * count]
    assert [row.pk for row in page.context["apart"]] == [5]


def test_a_status_is_added_behind_the_others(office: HttpClient, administrator: User) -> None:
    office.post(f"{LIST}new/", FORM)

    status = Status.objects.latest("pk")
    assert (status.name, status.palette, status.kind, status.on_board, status.stale_after, status.position) == (
        "Примерка",
        "teal",
        "open",
        True,
        7,
        6,
    )
    assert SettingChange.objects.get().by == administrator


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(office: HttpClient) -> None:
    page = office.post(f"{LIST}new/", FORM | {"name": "", "stale_after": "сто", "palette": "#fff"})

    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["name", "palette", "stale_after"]
    assert 'value="сто"' in page.content.decode()


def test_a_status_without_deals_changes_its_kind_without_a_word(office: HttpClient) -> None:
    office.post(f"{LIST}2/", FORM | {"kind": "won"})

    assert Status.objects.get(pk=2).kind == "won"


def test_a_change_of_kind_is_told_before_it_is_done(office: HttpClient) -> None:
    deal = make_deal(status=Status.objects.get(pk=2))

    page = office.post(f"{LIST}2/", FORM | {"kind": "won"})

    assert page.status_code == 422
    assert page.context["form"].consequences[0].startswith("1 deal in it closes")
    assert Status.objects.get(pk=2).kind == "open"

    office.post(f"{LIST}2/", FORM | {"kind": "won", "agreed": "kind:won"})

    deal.refresh_from_db()
    assert (Status.objects.get(pk=2).kind, deal.closed_at) == ("won", deal.stays.get().entered_at)


def test_yes_to_one_kind_is_no_yes_to_another(office: HttpClient) -> None:
    make_deal(status=Status.objects.get(pk=2))

    assert office.post(f"{LIST}2/", FORM | {"kind": "lost", "agreed": "kind:won"}).status_code == 422
    assert Status.objects.get(pk=2).kind == "open"


@pytest.mark.parametrize(
    ("kind", "to", "beginning"),
    [("won", "lost", "2 deals in it count as lost"), ("lost", "open", "2 deals in it are open again")],
)
def test_every_change_of_kind_has_its_own_words(office: HttpClient, kind: str, to: str, beginning: str) -> None:
    status = make_status(kind=kind)
    for _ in range(2):
        make_deal(status=status)

    form = office.post(f"{LIST}{status.pk}/", FORM | {"kind": to}).context["form"]

    assert form.consequences[0].startswith(beginning)


def test_the_last_open_status_stays_open(office: HttpClient) -> None:
    Status.objects.filter(pk=2).update(is_archived=True)

    form = office.post(f"{LIST}1/", FORM | {"kind": "won"}).context["form"]

    assert form.errors == {"kind": ["One open status has to stay: new deals begin in it."]}


def test_what_somebody_did_meanwhile_is_said(office: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.forms.statuses.check_status", lambda status: None)
    Status.objects.filter(pk=2).update(is_archived=True)

    form = office.post(f"{LIST}1/", FORM | {"kind": "won"}).context["form"]

    assert form.errors == {"kind": ["One open status has to stay: new deals begin in it."]}


def test_of_the_status_of_deleted_deals_name_and_colour_can_be_changed(office: HttpClient) -> None:
    page = office.get(f"{LIST}5/")
    assert list(page.context["form"].fields) == ["name", "palette", "agreed"]

    office.post(f"{LIST}5/", FORM | {"kind": "won"})

    status = Status.objects.get(pk=5)
    assert (status.name, status.palette, status.kind) == ("Примерка", "teal", "deleted")


def test_a_status_moves_by_its_button(office: HttpClient) -> None:
    assert office.post(f"{LIST}2/place/", {"place": "0"}).headers["Location"] == LIST
    assert list(Status.objects.values_list("pk", flat=True)) == [2, 1, 3, 4, 5]


def test_a_drag_gets_the_list_back(office: HttpClient) -> None:
    page = office.post(f"{LIST}1/place/", {"place": "2"}, headers={"hx-request": "true"})

    assert page.content.decode().startswith('\n<div class="settings-lists" id="status-list">')
    assert [row.pk for row in page.context["usable"]] == [2, 3, 1, 4]


@pytest.mark.parametrize("place", ["", "-1", "x", "²", "9" * 40])
def test_a_place_that_is_none_moves_nothing(office: HttpClient, place: str) -> None:
    assert office.post(f"{LIST}1/place/", {"place": place}).status_code == 302
    assert SettingChange.objects.count() == 0


def test_a_status_in_use_asks_where_its_deals_go(office: HttpClient) -> None:
    deal = make_deal(status=Status.objects.get(pk=2))

    page = office.post(f"{LIST}2/remove/", {"to": ""})
    assert (page.status_code, page.context["form"].errors) == (422, {"to": ["This field is required."]})

    answer = office.post(f"{LIST}2/remove/", {"to": "3"})
    assert said(answer) == ["1 deal is moved; the status “В работе” is archived."]
    deal.refresh_from_db()
    assert (deal.status_id, Status.objects.get(pk=2).is_archived) == (3, True)


def test_deals_can_stay_where_they_are(office: HttpClient) -> None:
    make_deal(status=Status.objects.get(pk=2))

    assert said(office.post(f"{LIST}2/remove/", {"to": "stay"})) == ["The status “В работе” is archived."]
    assert Deal.objects.get().status_id == 2


def test_a_status_never_used_is_deleted(office: HttpClient) -> None:
    status = make_status()

    assert said(office.post(f"{LIST}{status.pk}/remove/")) == ["The status “Ожидание” is deleted."]
    assert not Status.objects.filter(pk=status.pk).exists()


def test_what_the_installation_needs_is_not_removed(office: HttpClient) -> None:
    page = office.post(f"{LIST}5/remove/")

    assert page.context["form"].non_field_errors() == ["The status of deleted deals has to stay."]


def test_an_archived_status_comes_back(office: HttpClient) -> None:
    Status.objects.filter(pk=2).update(is_archived=True)

    office.post(f"{LIST}2/restore/")

    assert not Status.objects.get(pk=2).is_archived


@pytest.mark.parametrize("address", ["", "remove/"])
@pytest.mark.parametrize("number", [99, 10**30])
def test_a_status_that_is_not_there_is_not_found(office: HttpClient, address: str, number: int) -> None:
    assert office.get(f"{LIST}{number}/{address}").status_code == 404
