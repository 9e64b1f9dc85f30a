from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Batch, Client, Deal, Role, Status, User
from crm.services.clients import trash_client
from crm.services.deals import trash_deal
from crm.services.undoing import undo_batch
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def thrown_deal(title: str, *, by: User | None = None, days: int = 0, **columns: Any) -> Deal:
    return trash_deal(deal=make_deal(title, **columns), by=by, at=NOW - timedelta(days=days))


def thrown_client(name: str, *, by: User | None = None, days: int = 0, **columns: Any) -> Client:
    return trash_client(client=make_client(name, **columns), by=by, at=NOW - timedelta(days=days))


def shown(web: Browser, **query: str) -> list[str]:
    return [str(row.record) for row in web.get(reverse("trash", query=query)).context["rows"]]


def restore(web: Browser, *numbers: object, **query: str) -> str:
    address = reverse("trash", query=query)
    data = {"number": [str(number) for number in numbers], "next": address}
    return str(web.post(reverse("trash_restore"), data, follow=True).content.decode())


def test_what_was_deleted_last_stands_first_with_who_did_it(web: Browser, marina: User) -> None:
    thrown_deal("Стрижка", by=marina, days=2)
    thrown_client("Анна", days=1)
    make_deal("Укладка")

    rows = web.get(reverse("trash")).context["rows"]

    assert [(str(row.record), row.by, row.days) for row in rows] == [("Анна", None, 29), ("Стрижка", marina, 28)]


def test_who_deleted_it_is_who_did_so_last(web: Browser, marina: User) -> None:
    deal = thrown_deal("Стрижка")
    restore(web, deal.pk)
    trash_deal(deal=deal, by=marina)

    assert [row.by for row in web.get(reverse("trash")).context["rows"]] == [marina]


def test_after_thirty_days_the_page_offers_it_no_more_but_its_own_does(web: Browser) -> None:
    old = thrown_deal("Старая", days=31)
    thrown_client("Давняя", days=31)
    thrown_deal("Вчерашняя", days=29)

    assert shown(web) == ["Вчерашняя"]
    assert reverse("deal_restore", args=[old.pk]) in web.get(reverse("deal", args=[old.pk])).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Анна", "Стрижка", "Укладка"]),
        ({"show": "deals"}, ["Стрижка", "Укладка"]),
        ({"show": "clients"}, ["Анна"]),
        ({"q": "стри"}, ["Стрижка"]),
        ({"q": "410-29-94"}, ["Анна"]),
        ({"q": "zzz"}, []),
        ({"show": "nonsense"}, ["Анна", "Стрижка", "Укладка"]),
    ],
)
def test_it_is_searched_and_narrowed(web: Browser, query: dict[str, str], found: list[str]) -> None:
    thrown_deal("Укладка", days=3)
    thrown_deal("Стрижка", days=2)
    thrown_client("Анна", phone="+7 923 410-29-94", days=1)

    answer = web.get(reverse("trash", query=query))

    assert [str(row.record) for row in answer.context["rows"]] == found
    assert answer.context["page"].paginator.count == len(found)


def test_one_is_restored(web: Browser) -> None:
    deal = thrown_deal("Стрижка", status=Status.objects.get(pk=2))
    thrown_deal("Укладка")

    page = restore(web, deal.pk, q="стри")

    assert "1 record is back." in page
    assert [(one.title, one.status_id) for one in Deal.objects.present()] == [("Стрижка", 2)]


def test_several_are_restored_and_that_is_undone(web: Browser, marina: User) -> None:
    deal, client = thrown_deal("Стрижка"), thrown_client("Анна")

    assert "2 records are back." in restore(web, deal.pk, client.pk)
    assert shown(web) == []
    undo_batch(batch=Batch.objects.get(), by=marina)
    assert sorted(shown(web)) == ["Анна", "Стрижка"]


@pytest.mark.parametrize("numbers", [[], ["x"], ["9" * 30], [2**63], ["-1"], [""]])
def test_who_chooses_nothing_is_told(web: Browser, numbers: list[object]) -> None:
    thrown_deal("Стрижка")

    assert "Choose what to restore." in restore(web, *numbers)
    assert (shown(web), list(Batch.objects.all())) == (["Стрижка"], [])


def test_what_one_does_not_see_is_neither_shown_nor_restored(client: Browser, marina: User) -> None:
    own = make_user(own_only=True)
    client.force_login(own)
    hidden = [thrown_deal("Чужая", manager=marina), thrown_client("Чужой", manager=marina)]
    thrown_deal("Своя", manager=own)

    assert shown(client) == ["Своя"]
    assert client.get(reverse("trash")).context["total"] == 1
    assert "Choose what to restore." in restore(client, *(record.pk for record in hidden))
    assert (Deal.objects.in_trash().count(), Client.objects.in_trash().count()) == (2, 1)


def test_an_observer_looks_and_restores_nothing(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    deal = thrown_deal("Стрижка")

    page = client.get(reverse("trash")).content.decode()

    assert ("Стрижка" in page, "trash_restore" in page, "checkbox" in page) == (True, False, False)
    assert client.post(reverse("trash_restore"), {"number": str(deal.pk)}).status_code == 403


def test_a_restore_leads_to_no_other_site(web: Browser) -> None:
    data = {"number": str(thrown_deal("Стрижка").pk), "next": "https://example.com/"}

    assert web.post(reverse("trash_restore"), data).headers["Location"] == reverse("trash")


@pytest.mark.parametrize("rows", [1, 4])
def test_the_queries_do_not_grow(
    web: Browser, marina: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        thrown_deal(f"Стрижка {number}", by=marina, client=make_client())
        thrown_client(f"Анна {number}", phone="+7 923 410-29-94", by=marina)

    with django_assert_num_queries(9):
        web.get(reverse("trash"))
