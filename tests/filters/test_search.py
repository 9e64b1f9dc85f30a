"""The search box: what finds what, and for whom."""

import pytest
from pytest_django import DjangoAssertNumQueries

from crm.filters.search import Found, find
from crm.models import Client, Deal, User
from crm.services.deals import trash_deal
from tests.factories import make_call, make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_user()


@pytest.fixture
def frolova() -> Client:
    make_client("Анна Лебедева", phone="+7 800 700-00-00", email="anna@example.ru")
    return make_client("Фролова Наталья", phone="8 923 410 29 94", email="Frolova@Example.ru", company="ООО «Прибой»")


@pytest.mark.parametrize(
    "text",
    [
        "+7 (923) 410-29-94",
        "89234102994",
        "9234102994",
        "410-29-94",
        "2994",
        "frolova@example.ru",
        "FROLOVA@EXAMPLE.RU",
        "фролова",
        "наталья ФРОЛОВА",
        "прибой",
    ],
)
def test_a_client_is_found(anna: User, frolova: Client, text: str) -> None:
    assert find(text, user=anna, limit=5).clients == [frolova]


@pytest.mark.parametrize("text", ["", "   ", "\0", "994", "Иванова", "+7 923 410-29-95", "%", "_"])
def test_nothing_is_found(anna: User, frolova: Client, text: str) -> None:
    assert not find(text, user=anna, limit=5)


@pytest.mark.parametrize("text", ["окрашивание", "УКЛАДКА", "437272", "промо окрашивание"])
def test_a_deal_is_found_by_title_and_visit(anna: User, text: str) -> None:
    deal = make_deal("Окрашивание и укладка", visit="437272 промо")
    make_deal("Стрижка", visit="google")

    assert find(text, user=anna, limit=5).deals == [deal]


def test_a_client_brings_his_deals_newest_first(anna: User, frolova: Client) -> None:
    deals = [make_deal(title, client=frolova) for title in ("Стрижка", "Окрашивание")]

    assert find("2994", user=anna, limit=5).deals == deals[::-1]


def test_a_number_leads_to_what_it_names(anna: User, frolova: Client) -> None:
    deal = make_deal(client=frolova)
    task, call = make_task(deal), make_call()

    found = [find(f"#{number}", user=anna, limit=5) for number in (deal.pk, task.pk, frolova.pk, call.pk)]

    assert [(one.kind, one.subject) for one in found] == [
        ("deal", deal),
        ("deal", deal),
        ("client", frolova),
        ("call", call),
    ]


def test_the_number_of_a_merged_client_leads_to_the_one_he_is_now(anna: User, frolova: Client) -> None:
    merged = make_client("Фролова Н.", merged_into=frolova)

    assert find(str(merged.pk), user=anna, limit=5).subject == frolova
    assert find("фролова", user=anna, limit=5).clients == [frolova]


def test_what_is_in_the_trash_is_found_by_its_number_alone(anna: User) -> None:
    deal = trash_deal(deal=make_deal("Окрашивание"), by=anna)

    assert find("окрашивание", user=anna, limit=5).deals == []
    assert find(f"#{deal.pk}", user=anna, limit=5).subject == deal


def test_a_manager_who_sees_only_own_deals_finds_nothing_else(frolova: Client, anna: User) -> None:
    deal = make_deal("Окрашивание", client=frolova, manager=anna)
    olga = make_user(own_only=True)

    for text in ("фролова", "2994", "окрашивание", str(deal.pk), f"#{frolova.pk}"):
        assert find(text, user=anna, limit=5)
        assert not find(text, user=olga, limit=5)


def test_it_says_that_there_is_more(anna: User) -> None:
    rows = [make_deal("Окрашивание") for _ in range(3)]

    assert find("окрашивание", user=anna, limit=2) == Found("окрашивание", None, rows[:0:-1], [], is_more=True)
    assert not find("окрашивание", user=anna, limit=3).is_more


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(
    anna: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_deal("Окрашивание", client=make_client("Фролова", phone="+7 923 410-29-94"))

    with django_assert_num_queries(10):
        found = find("2994", user=anna, limit=5)
        assert [(deal.client, deal.status.name) for deal in found.deals if isinstance(deal, Deal)]
        assert all(client.contacts.all() for client in found.clients)
