"""The list of deals, and the page of a new one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Deal, FieldValue, Role, Status, User
from crm.services.deals import change_deal, trash_deal
from tests.factories import make_client, make_deal, make_field, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def titles(web: Browser, query: str = "") -> list[str]:
    return [row.deal.title for row in web.get(f"/deals/{query}").context["rows"]]


def keys(web: Browser, query: str = "") -> list[str]:
    return [column.key for column in web.get(f"/deals/{query}").context["shown"]]


def test_the_list_has_all_deals_but_those_in_the_trash_newest_first(web: Browser) -> None:
    make_deal("Первая")
    make_deal("Вторая", status=Status.objects.get(pk=4))
    trash_deal(deal=make_deal("В корзине"), by=None)
    assert titles(web) == ["Вторая", "Первая"]


def test_count_and_sum_are_of_all_pages(web: Browser) -> None:
    for _ in range(53):
        make_deal(price=Decimal("10.5"))
    context = web.get("/deals/?page=2").context
    assert (len(context["rows"]), context["figures"].count, context["figures"].amount) == (3, 53, Decimal("556.5"))


@pytest.mark.parametrize("asked", ["", "&sort=-created", "&task=none", "&source=7", "&status=1"])
def test_the_pages_of_a_text_are_those_that_have_it_newest_first_whatever_else_is_asked(
    web: Browser, asked: str
) -> None:
    for number in range(53):
        make_deal(f"Стрижка {number}", visit=f"7{number}", price=Decimal(10))
        make_deal("Завивка", visit="7")
    trash_deal(deal=Deal.objects.get(title="Стрижка 50"), by=None)

    first, second = titles(web, f"?q=стриж{asked}"), titles(web, f"?q=стриж{asked}&page=2")

    assert first + second == [f"Стрижка {number}" for number in range(52, -1, -1) if number != 50]
    assert len(first) == 50
    assert web.get(f"/deals/?q=стриж{asked}").context["figures"].amount == Decimal(520)


def test_what_very_many_deals_come_to_is_asked_for_when_their_list_stands(
    web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.filters.deals.TEXT_HITS", 2)
    for number in (1, 2, 3):
        make_deal(f"Стрижка {number}", price=Decimal(number))

    page, figures = web.get("/deals/?q=стриж"), web.get("/deals/figures/?q=стриж")

    text, counted = page.content.decode(), figures.content.decode()
    assert [row.deal.title for row in page.context["rows"]] == ["Стрижка 3", "Стрижка 2"]
    assert [part in text for part in ('hx-get="/deals/figures/?q=', '<b id="count-none">…</b>')] == [True, True]
    assert (page.context["figures"].amount, figures.context["figures"].amount) == (None, Decimal(5))
    assert [part in counted for part in ("hx-get", '<b id="count-none" hx-swap-oob="true">2</b>')] == [False, True]
    # Without script a link asks for it.
    assert "exactly=1" in text
    assert web.get("/deals/?q=стриж&exactly=1").context["figures"].amount == Decimal(5)
    # Of what is asked beside a text the count is needed at once.
    assert web.get("/deals/?q=стриж&task=none").context["figures"].amount == Decimal(5)


def test_who_sees_only_own_deals_finds_and_counts_no_others(client: Browser, marina: User) -> None:
    narrow = make_user(own_only=True)
    client.force_login(narrow)
    make_deal("Марины", manager=marina, price=Decimal(100))
    make_deal("Своя", manager=narrow, price=Decimal(1))
    context = client.get("/deals/").context
    assert ([row.deal.title for row in context["rows"]], context["total"](), context["figures"].amount) == (
        ["Своя"],
        1,
        Decimal(1),
    )


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_costs_the_same_whatever_is_in_it(
    web: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for index in range(number):
        deal = make_deal(f"Сделка {index}", client=make_client() if index < 3 else None, manager=marina)
        if index < 3:
            make_task(deal)
    field = make_field("Филиал", type="choice")
    field.choices.create(label="Центр")
    change_deal(deal=deal, by=marina, values={field: "Центр"})
    with django_assert_num_queries(9):
        web.get("/deals/")
    with django_assert_num_queries(9):
        web.get("/deals/?manager=me&sort=-price&without=source")
    with django_assert_num_queries(10):
        web.get("/deals/?q=сделка")
    with django_assert_num_queries(10):
        web.get(f"/deals/?q={deal.pk:03}&field_{field.pk}=Центр&sort=-field_{field.pk}&status=1")


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("price", ["Б", "А", "В"]),
        ("-price", ["А", "Б", "В"]),
        ("title", ["А", "Б", "В"]),
        ("-title", ["В", "Б", "А"]),
        ("task", ["В", "Б", "А"]),
        ("profit", ["А", "Б", "В"]),
        ("visit", ["В", "Б", "А"]),
        ("-visit", ["Б", "В", "А"]),
        ("lost_reason", ["Б", "А", "В"]),
        ("nonsense", ["В", "Б", "А"]),
    ],
)
def test_the_list_sorts_by_any_column_with_the_unknown_last(web: Browser, sort: str, found: list[str]) -> None:
    now = timezone.now()
    make_deal("А", price=Decimal(100), cost=Decimal(99))
    lost = make_deal("Б", price=Decimal(9), cost=Decimal(1), visit="v2")
    make_task(lost, due_at=now)
    Deal.objects.filter(pk=lost.pk).update(lost_reason="дорого")
    make_task(make_deal("В", cost=Decimal(1), visit="v1"), due_at=now - timedelta(days=1))
    assert titles(web, f"?sort={sort}") == found


def test_a_custom_field_sorts_by_its_type(web: Browser) -> None:
    field = make_field("Баллы", type="number")
    for text in ("10", "9", "много"):
        make_deal(text, values={field: text})
    make_deal("ничего")
    assert titles(web, f"?sort=field_{field.pk}") == ["9", "10", "много", "ничего"]
    assert titles(web, f"?sort=-field_{field.pk}") == ["10", "9", "ничего", "много"]


def test_the_sorted_column_says_so(web: Browser) -> None:
    make_deal()
    assert 'aria-sort="descending"' in web.get("/deals/?sort=-price").content.decode()
    assert "aria-sort" not in web.get("/deals/").content.decode()


def test_chosen_columns_are_in_the_address_and_remembered(web: Browser) -> None:
    field = make_field("Филиал")
    assert keys(web) == ["number", "title", "client", "status", "price", "manager", "task", "created", "field_2"]
    chosen = ["title", "price", "cost", f"field_{field.pk}"]
    address = f"?columns=price,cost,field_{field.pk}"
    assert (keys(web, address), keys(web), keys(web, "?columns=nonsense")[0]) == (chosen, chosen, "number")


def test_the_form_of_columns_becomes_one_parameter(web: Browser) -> None:
    answer = web.get("/deals/?columns=title&columns=price&q=")
    assert answer.headers["Location"] == "/deals/?columns=title,price"


def test_the_filter_is_carried_between_board_and_list(web: Browser) -> None:
    make_deal()
    assert 'href="/deals/?task=none"' in web.get("/?task=none").content.decode()
    assert 'href="/?task=none"' in web.get("/deals/?task=none").content.decode()


def test_a_page_link_keeps_filter_and_order(web: Browser) -> None:
    for _ in range(51):
        make_deal("Стрижка")
    assert 'href="?task=none&amp;sort=title&amp;page=2"' in web.get("/deals/?task=none&sort=title").content.decode()


def test_an_empty_list_says_how_to_begin_and_an_empty_filter_how_to_go_on(web: Browser) -> None:
    assert "No deals yet" in web.get("/deals/").content.decode()
    make_deal()
    found = web.get("/deals/?q=nothing").content.decode()
    assert ("No deal passes the filter" in found, "There is 1 deal without it." in found) == (True, True)


def test_the_view_that_was_chosen_last_is_remembered(web: Browser) -> None:
    web.get("/deals/")
    assert web.cookies["deals_view"].value == "deals"
    assert web.get("/deals/new/").context["back"] == "/deals/"
    web.get("/")
    assert web.get("/deals/new/").context["back"] == "/"


# --- A new deal ---


def new_deal(web: Browser, **typed: str) -> Deal:
    answer = web.post("/deals/new/", {"status": "1"} | typed)
    deal = Deal.objects.get()
    assert answer.headers["Location"] == reverse("deal", args=[deal.pk])
    return deal


def test_a_new_deal_of_a_new_client(web: Browser, marina: User) -> None:
    typed = {
        "title": "Укладка",
        "price": "1 500",
        "name": "Анна",
        "phone": "+7 923 410-29-94",
        "email": "a@example.ru",
    }
    deal = new_deal(web, **typed, manager=str(marina.pk))
    assert (deal.title, deal.price, deal.manager, deal.created_by) == ("Укладка", Decimal(1500), marina, marina)
    assert deal.client is not None
    assert [str(contact) for contact in deal.client.contacts.all()] == ["+7 923 410-29-94", "a@example.ru"]


def test_a_new_deal_of_a_known_client_completes_him(web: Browser) -> None:
    known = make_client("Анна")
    deal = new_deal(web, client=str(known.pk), phone="+7 923 410-29-94")
    assert (deal.title, deal.client, deal.manager) == ("Анна", known, None)
    assert [str(contact) for contact in known.contacts.all()] == ["+7 923 410-29-94"]


def test_clients_to_pick_are_found_without_script_and_the_rest_is_kept(web: Browser) -> None:
    known = make_client("Фролова Наталья")
    answer = web.post("/deals/new/", {"title": "Образ", "search": "фролова", "find": "1"})
    assert (answer.context["clients"], Deal.objects.count()) == ([known], 0)
    assert 'value="Образ"' in answer.content.decode()


def test_nobody_is_offered_whom_one_does_not_see(client: Browser, marina: User) -> None:
    hidden = make_client("Фролова", manager=marina)
    client.force_login(make_user(own_only=True))
    found = client.get(reverse("deal_new_clients"), {"search": "фролова"})
    assert found.context["clients"] == []
    answer = client.post("/deals/new/", {"title": "Образ", "status": "1", "client": str(hidden.pk)})
    assert (answer.status_code, Deal.objects.count()) == (422, 0)


def test_required_fields_are_asked_for(web: Browser) -> None:
    field = make_field("Филиал", is_required=True)
    name = f"field_{field.pk}"
    answer = web.post("/deals/new/", {"title": "Образ", "status": "1"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    new_deal(web, title="Образ", **{name: "Невский"})
    assert FieldValue.objects.get(field=field).text == "Невский"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"status": "1"}, ["title"]),
        ({"status": "4", "title": "x"}, ["status"]),
        ({"status": "1", "title": "x", "price": "-1"}, ["price"]),
        ({"status": "1", "title": "x", "price": "дорого"}, ["price"]),
        ({"status": "1", "title": "x", "email": "anna"}, ["email"]),
        ({"status": "1", "title": "x" * 256}, ["title"]),
        ({"status": "1", "title": "x", "client": "x"}, ["client"]),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(web: Browser, typed: dict[str, str], wrong: list[str]) -> None:
    answer = web.post("/deals/new/", typed)
    assert (list(answer.context["form"].errors), Deal.objects.count()) == (wrong, 0)


def test_an_observer_makes_no_deal(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    assert (client.get("/deals/new/").status_code, client.post("/deals/new/", {"title": "x"}).status_code) == (
        403,
        403,
    )
