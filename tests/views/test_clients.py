"""The list of clients, a new one, and the warning that one is known already."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Client, Role, Status, User
from crm.services.deals import trash_deal
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db

PHONE = "+7 923 410-29-94"


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def desk(marina: User) -> Browser:
    return log_in(marina)


def log_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def listed(browser: Browser, **query: Any) -> list[str]:
    answer = browser.get("/clients/", query)
    assert answer.status_code == 200
    return [client.name for client, _totals in answer.context["rows"]]


# --- The list ---


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_takes_the_same_queries_whatever_it_shows(
    desk: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        client = make_client(f"Клиент {number}", phone=f"+7923410{number:04}", email=f"k{number}@example.ru")
        client.manager = marina
        client.save()
        make_deal(client=client, manager=marina)

    # Session, person, clients counted and read, their contacts and totals, the people to choose from, overdue tasks.
    with django_assert_num_queries(8):
        answer = desk.get("/clients/")

    assert (answer.status_code, len(answer.context["rows"])) == (200, count)


@pytest.mark.parametrize("query", ["анна", "8 (923) 410 29 94", "410-29-94", "ANNA@example", "прибой"])
def test_a_client_is_found_in_the_list(desk: Browser, query: str) -> None:
    make_client("Анна", phone=PHONE, email="anna@example.ru", company="ООО «Прибой»")
    make_client("Вера", phone="+7 800 700-00-00")

    assert listed(desk, q=query) == ["Анна"]


def test_the_list_is_filtered_by_manager_and_by_deals(desk: Browser, marina: User) -> None:
    oleg = make_user()
    won = Status.objects.get(kind="won")
    make_deal(client=make_client("Открытая", manager=marina))
    make_deal(client=make_client("Оплаченная", manager=oleg), status=won)
    trash_deal(deal=make_deal(client=make_client("Удалённая")), by=None)
    make_client("Ничья")

    assert listed(desk, manager="me") == ["Открытая"]
    assert listed(desk, manager=oleg.pk) == ["Оплаченная"]
    assert listed(desk, manager="nobody") == ["Ничья", "Удалённая"]
    assert listed(desk, deals="open") == ["Открытая"]
    assert listed(desk, deals="none") == ["Ничья", "Удалённая"]
    assert listed(desk, deals="none", q="ничья") == ["Ничья"]


def test_the_list_is_sorted_as_asked(desk: Browser) -> None:
    for name in ("Борис", "анна", "Ёлка"):
        make_client(name)

    assert listed(desk) == ["Ёлка", "анна", "Борис"]
    assert listed(desk, sort="created") == ["Борис", "анна", "Ёлка"]
    assert listed(desk, sort="name") == ["анна", "Борис", "Ёлка"]
    assert listed(desk, sort="-name") == ["Ёлка", "Борис", "анна"]


def test_what_cannot_be_read_in_the_address_narrows_nothing(desk: Browser) -> None:
    make_client("Анна")

    assert listed(desk, manager="7777", deals="x", sort="y", page="-1", q="\0") == ["Анна"]


def test_the_trash_is_a_list_of_its_own_and_merged_clients_are_in_none(desk: Browser) -> None:
    survivor = make_client("Анна")
    make_client("Аня", merged_into=survivor)
    make_client("Вера", trashed_at=timezone.now())

    assert listed(desk) == ["Анна"]
    assert listed(desk, trash="on") == ["Вера"]


def test_the_list_has_pages_that_keep_the_filter(desk: Browser) -> None:
    for number in range(51):
        make_client(f"Анна {number}")
    make_client("Вера")

    answer = desk.get("/clients/?q=анна&page=2")

    assert [client.name for client, _ in answer.context["rows"]] == ["Анна 0"]
    assert "51–51 of 51 found by the filter" in answer.content.decode()
    assert "?q=%D0%B0%D0%BD%D0%BD%D0%B0&amp;page=1" in answer.content.decode()


def test_a_row_shows_totals_of_the_deals_that_the_person_sees() -> None:
    own, won = make_user(own_only=True), Status.objects.get(kind="won")
    client = make_client("Анна", manager=own)
    make_deal(client=client, manager=own, price=100)
    make_deal(client=client, manager=own, price=200, cost=50, status=won)
    make_deal(client=client, manager=make_user(), price=4000, status=won)

    [(_, totals)] = log_in(own).get("/clients/").context["rows"]

    assert (totals.count, totals.open, totals.won, totals.revenue, totals.profit) == (2, 1, 1, 200, 150)


def test_one_who_sees_only_his_own_finds_no_client_of_a_colleague() -> None:
    colleague, own = make_user(full_name="Коллега"), make_user(own_only=True)
    make_client("Чужая", phone=PHONE, manager=colleague)
    make_client("Своя", manager=own)
    make_deal(client=make_client("С ничьей сделкой", manager=colleague))

    assert listed(log_in(own)) == ["С ничьей сделкой", "Своя"]
    assert listed(log_in(own), q="8 923 410 29 94") == []
    assert "Коллега" not in log_in(own).get("/clients/?q=своя").content.decode()


def test_an_observer_reads_and_is_offered_nothing_to_write() -> None:
    make_client("Анна")

    answer = log_in(make_user(role=Role.OBSERVER)).get("/clients/")

    assert [client.name for client, _ in answer.context["rows"]] == ["Анна"]
    assert "/clients/new/" not in answer.content.decode()


def test_an_empty_list_says_how_to_begin(desk: Browser) -> None:
    assert "No clients yet" in desk.get("/clients/").content.decode()
    assert "Nobody is found" in desk.get("/clients/?q=анна").content.decode()


# --- A new client ---


def test_a_client_is_written_down(desk: Browser, marina: User) -> None:
    typed = {"name": " Анна ", "phone": PHONE, "email": "Anna@example.ru", "company": "Маяк", "manager": marina.pk}

    answer = desk.post("/clients/new/", typed | {"notes": "Любит чай"})

    client = Client.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{client.pk}/")
    assert (client.name, client.company, client.manager, client.notes) == ("Анна", "Маяк", marina, "Любит чай")
    assert list(client.contacts.values_list("normalised", flat=True)) == ["+79234102994", "anna@example.ru"]


def test_a_new_client_is_first_offered_to_oneself_and_with_what_the_address_knows(desk: Browser, marina: User) -> None:
    form = desk.get("/clients/new/?phone=%2B79234102994").context["form"]

    assert (form["manager"].value(), form["phone"].value()) == (marina.pk, "+79234102994")


@pytest.mark.parametrize(
    ("typed", "field", "error"),
    [
        ({}, "__all__", "Write at least a name, a company, a phone or an e-mail."),
        ({"name": "Анна", "email": "anna@"}, "email", "This is not an e-mail address."),
    ],
)
def test_what_is_wrong_with_a_new_client_is_said_and_what_was_typed_kept(
    desk: Browser, typed: dict[str, str], field: str, error: str
) -> None:
    answer = desk.post("/clients/new/", typed)

    assert answer.context["form"].errors == {field: [error]}
    assert [answer.context["form"][name].value() for name in typed] == list(typed.values())
    assert Client.objects.count() == 0


def test_a_known_phone_asks_before_it_makes_another_client(desk: Browser) -> None:
    known = make_client("Анна", phone=PHONE)
    typed = {"name": "Аня", "phone": "8 923 4102994"}

    answer = desk.post("/clients/new/", typed)

    assert (answer.status_code, answer.context["known"].named, Client.objects.count()) == (200, [known], 1)
    assert "Create all the same" in answer.content.decode()
    assert desk.post("/clients/new/", typed | {"anyway": "1"}).status_code == 302
    assert Client.objects.count() == 2


# --- The warning while a phone or an e-mail is typed ---


def test_a_known_phone_is_told_with_a_link(desk: Browser) -> None:
    known = make_client("Анна", phone=PHONE)

    text = desk.get("/clients/known/?phone=8+800&phone=8(923)4102994&email=x").content.decode()

    assert f'href="/clients/{known.pk}/"' in text
    assert "Анна" in text


def test_of_a_colleagues_client_one_learns_only_that_there_is_one() -> None:
    client = make_client("Тайная", phone=PHONE, manager=make_user(full_name="Коллега"))

    text = log_in(make_user(own_only=True)).get("/clients/known/", {"phone": PHONE}).content.decode()

    assert "A client of a colleague has this phone or e-mail already." in text
    assert [secret for secret in ("Тайная", "Коллега", f"/clients/{client.pk}/") if secret in text] == []


@pytest.mark.parametrize("query", [{}, {"phone": ""}, {"phone": "8 923"}, {"phone": "+79234102995"}])
def test_nothing_is_said_where_nobody_is_known(desk: Browser, query: dict[str, str]) -> None:
    make_client("Анна", phone=PHONE)

    assert desk.get("/clients/known/", query).content.decode().strip() == ""


def test_nobody_is_warned_of_the_client_whom_he_edits(desk: Browser) -> None:
    client = make_client("Анна", phone=PHONE)

    assert desk.get(f"/clients/known/?phone=89234102994&client={client.pk}").content.decode().strip() == ""
