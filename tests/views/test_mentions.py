"""Colleagues offered while a comment is written."""

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from crm.models import Role, User
from tests.factories import make_client, make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(client: Browser) -> Browser:
    client.force_login(make_user(full_name="Иванова Анна", login="anna"))
    return client


@pytest.fixture
def oleg() -> User:
    return make_user(full_name="Смирнов Олег", login="oleg", own_only=True)


def offered(web: Browser, **query: str | int) -> list[str]:
    return [offer.name for offer in web.get("/mentions/", query).context["offers"]]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["Иванова Мария", "Смирнов Олег"]),
        ("ИВА", ["Иванова Мария"]),
        ("оле", ["Смирнов Олег"]),
        ("ole", ["Смирнов Олег"]),
        ("смирнов  о", ["Смирнов Олег"]),
        ("мирнов", []),
    ],
)
def test_whoever_has_a_word_that_begins_so_is_offered(web: Browser, oleg: User, typed: str, names: list[str]) -> None:
    make_user(full_name="Иванова Мария", role=Role.OBSERVER)
    make_user(full_name="Иванова Ольга", is_active=False)
    make_integration("иванова")

    assert offered(web, deal=make_deal().pk, q=typed) == names


def test_who_may_not_see_the_deal_is_not_offered(web: Browser, oleg: User) -> None:
    other = make_user()

    assert offered(web, deal=make_deal(manager=other).pk, q="ол") == []
    assert offered(web, client=make_client(manager=other).pk, q="ол") == []
    assert offered(web, deal=make_deal(manager=oleg).pk, q="ол") == ["Смирнов Олег"]
    assert offered(web, q="ол") == []


def test_namesakes_are_offered_by_their_logins(web: Browser) -> None:
    for login in ("maria1", "maria2", "nameless"):
        make_user(login=login, full_name="" if login == "nameless" else "Петрова Мария")

    assert offered(web, deal=make_deal().pk) == ["nameless", "maria1", "maria2"]


@pytest.mark.parametrize("people", [1, 30])
def test_many_people_are_asked_for_by_the_same_queries(
    web: Browser, oleg: User, django_assert_num_queries: DjangoAssertNumQueries, people: int
) -> None:
    for _ in range(people):
        make_user(own_only=True)
    client = make_client()

    with django_assert_num_queries(6):
        web.get(f"/mentions/?client={client.pk}&q=p")
