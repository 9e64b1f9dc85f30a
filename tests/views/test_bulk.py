"""Many deals at once: what the list sends, the page that looks ahead, and the list of what was done."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from crm.models import Bulk, Deal, Role, Status, Task, User
from crm.services import bulk as bulk_services
from crm.services.bulk import carry_on, prepare_bulk, start_bulk
from tests.factories import make_deal, make_field, make_user

pytestmark = pytest.mark.django_db

IN_WORK, LOST = 2, 4


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def choose(web: Browser, deals: list[Deal], deed: str, **sent: Any) -> HttpResponse:
    """The answer that follows on what the list sends."""
    numbers = [deal.pk for deal in deals]
    return web.post("/deals/bulk/new/", {"number": numbers, "deed": deed, **sent}, follow=True)  # type: ignore[return-value]


def latest() -> Bulk:
    return Bulk.objects.latest("pk")


def test_a_status_chosen_in_the_list_is_looked_at_and_done(web: Browser) -> None:
    deals = [make_deal("Первая"), make_deal("Вторая", status=Status.objects.get(pk=IN_WORK))]

    page = choose(web, deals, f"status:{IN_WORK}").content.decode()

    assert "Move to “В работе”" in page
    assert "1 deal will be changed" in page
    assert "1 deal is so already and stays as it is." in page
    web.post(f"/deals/bulk/{latest().pk}/start/")
    assert [deal.status_id for deal in Deal.objects.order_by("pk")] == [IN_WORK, IN_WORK]
    assert "1 deal was changed" in web.get(f"/deals/bulk/{latest().pk}/").content.decode()


def test_a_loss_asks_for_its_reason_before_it_shows_anything(web: Browser) -> None:
    choose(web, [make_deal()], f"status:{LOST}")
    address = f"/deals/bulk/{latest().pk}/"

    answer = web.post(address, {"status": LOST, "lost_reason": ""})
    assert (answer.status_code, answer.context["form"].errors["lost_reason"]) == (
        422,
        ["Say why: the reports count the reasons."],
    )
    assert "outlook" not in answer.context
    web.post(f"{address}start/")
    assert latest().state == Bulk.State.PREPARED

    web.post(address, {"status": LOST, "lost_reason": "Дорого"})
    web.post(f"{address}start/")
    assert [(deal.status_id, deal.lost_reason) for deal in Deal.objects.all()] == [(LOST, "Дорого")]


def test_all_that_the_filter_finds_are_meant_not_only_the_page(web: Browser, marina: User) -> None:
    for _ in range(52):
        make_deal(manager=marina)
    make_deal("Ничья")

    choose(web, [], f"status:{IN_WORK}", all="1", query="?manager=me")

    assert (latest().count, latest().query) == (52, "manager=me")


def test_who_sees_only_own_deals_takes_no_others(client: Browser, marina: User) -> None:
    narrow = make_user(own_only=True)
    client.force_login(narrow)
    own, other = make_deal(manager=narrow), make_deal(manager=marina)

    choose(client, [own, other], "trash")
    assert latest().numbers == [own.pk]
    choose(client, [], "trash", all="1")
    assert latest().numbers == [own.pk]


@pytest.mark.parametrize(
    ("deed", "typed", "shown"),
    [
        ("field:price", {"text": "1 500,50"}, "“Price” becomes “1,500.50\xa0₽”"),
        ("field:cost", {"text": ""}, "Empty “Cost”"),
        ("field:visit", {"text": "Промокод"}, "“Visit” becomes “Промокод”"),
        ("manager", {"manager": ""}, "Leave without a manager"),
        ("task", {"text": "Позвонить", "day": "2030-02-01"}, "Plan “Позвонить” for 1 Feb 2030"),
    ],
)
def test_what_is_to_be_done_is_said_in_words(web: Browser, deed: str, typed: dict[str, str], shown: str) -> None:
    choose(web, [make_deal()], deed)

    page = web.post(f"/deals/bulk/{latest().pk}/", typed, follow=True)

    assert page.context["heading"] == shown
    assert "outlook" in page.context


def test_a_custom_field_is_typed_by_its_type(web: Browser) -> None:
    number = make_field("Гости", type="number")
    choose(web, [deal := make_deal()], f"field:{number.pk}")
    address = f"/deals/bulk/{latest().pk}/"

    assert web.post(address, {"text": "много"}).context["form"].errors["text"] == ["Write a number."]
    web.post(address, {"text": "3"})
    web.post(f"{address}start/")

    assert [value.number for value in deal.field_values.all()] == [3]


def test_a_task_is_planned_on_each(web: Browser, marina: User) -> None:
    choose(web, [make_deal(), make_deal(manager=marina)], "task")
    address = f"/deals/bulk/{latest().pk}/"
    web.post(address, {"text": "Позвонить", "day": "2030-02-01", "assignee": ""})
    web.post(f"{address}start/")

    assert [(task.text, task.assignee) for task in Task.objects.all()] == [("Позвонить", marina)] * 2


def test_a_large_one_shows_how_far_it_is_and_asks_again(web: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_services, "AT_ONCE", 1)
    monkeypatch.setattr(type(carry_on), "enqueue", lambda task, number: None)
    choose(web, [make_deal(), make_deal()], f"status:{IN_WORK}")

    page = web.post(f"/deals/bulk/{latest().pk}/start/", follow=True).content.decode()

    assert "0 of 2 deals are dealt with" in page
    assert 'hx-trigger="every 1s"' in page


def test_it_is_undone_as_a_whole_and_says_what_was_not(web: Browser) -> None:
    deals = [make_deal("Первая"), make_deal("Вторая")]
    choose(web, deals, f"status:{IN_WORK}")
    number = latest().pk
    web.post(f"/deals/bulk/{number}/start/")
    web.post(f"/deals/{deals[1].pk}/move/", {"status": 3})

    page = web.post(f"/deals/bulk/{number}/undo/", follow=True).content.decode()

    assert "Undone: 1 is as it was" in page
    assert "1 was changed since, and stays as it is." in page
    assert f'href="/deals/{deals[1].pk}/"' in page
    assert [deal.status_id for deal in Deal.objects.order_by("pk")] == [1, 3]


@pytest.mark.parametrize(("sent", "said"), [({}, "Choose some deals first."), ({"all": "1"}, "That is more than 1")])
def test_too_few_and_too_many_are_refused(
    web: Browser, monkeypatch: pytest.MonkeyPatch, sent: dict[str, str], said: str
) -> None:
    monkeypatch.setattr("crm.views.bulk.MOST", 1)
    make_deal(), make_deal()

    assert said in choose(web, [], "trash", **sent).content.decode()
    assert Bulk.objects.count() == 0


@pytest.mark.parametrize("deed", ["", "nonsense", "status:x", "field:title", "field:999999"])
def test_a_deed_that_there_is_not_is_not_found(web: Browser, deed: str) -> None:
    assert choose(web, [make_deal()], deed).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_what_was_done_costs_the_same_whatever_is_in_it(
    web: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        parameters = {"status": IN_WORK, "lost_reason": ""}
        start_bulk(bulk=prepare_bulk(deed="status", numbers=[make_deal().pk], by=marina, parameters=parameters))
    start_bulk(bulk=prepare_bulk(deed="trash", numbers=[make_deal().pk], by=make_user()))

    with django_assert_num_queries(6):
        page = web.get("/deals/bulk/")

    assert [heading for _, heading in page.context["rows"]] == ["Move to “В работе”"] * number


def test_an_administrator_sees_what_everybody_did(client: Browser, marina: User) -> None:
    client.force_login(make_user(role=Role.ADMINISTRATOR))
    start_bulk(bulk=prepare_bulk(deed="trash", numbers=[make_deal().pk], by=marina))

    assert [bulk.by for bulk, _ in client.get("/deals/bulk/").context["rows"]] == [marina]


def test_an_observer_has_nothing_to_tick(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    make_deal()

    page = client.get("/deals/").content.decode()

    assert ('name="number"' in page, "bulk-form" in page) == (False, False)
