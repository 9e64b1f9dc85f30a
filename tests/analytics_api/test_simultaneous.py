"""What comes at once: no lead doubled, none lost, no "database is locked" (PROTOCOL.md, section 3)."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from analytics_api.models import CallLog, RetryKey, Walk
from crm.models import Call, Client, Contact, Deal, Message, ProbableDuplicates
from crm.services.deals import change_deal
from tests.analytics_api.asking import Service
from tests.factories import make_deal, make_integration

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 40


def at_once(asks: list[Callable[[Service], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each ask in a thread with a connection of its own, all let off together."""
    barrier = Barrier(len(asks))

    def run(ask: Callable[[Service], dict[str, Any]]) -> dict[str, Any]:
        try:
            connection.ensure_connection()  # which takes longer than the work itself, and would string them out
            barrier.wait()
            return ask(Service())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(run, asks))


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    make_integration()
    yield
    assert not CallLog.objects.filter(outcome="fault").exists()


def test_leads_of_one_phone_make_one_client_and_as_many_deals() -> None:
    def ask(number: int) -> Callable[[Service], dict[str, Any]]:
        notation = ["88007000000", "+7 800 700-00-00", "8 (800) 700 00 00"][number % 3]
        return lambda service: service.ask("lead", title=f"Заявка {number}", phone=notation, name="Анна")

    answers = at_once([ask(number) for number in range(MANY)])
    assert len({answer["order_id"] for answer in answers}) == MANY
    assert Counter(Deal.objects.values_list("title", flat=True)) == Counter(f"Заявка {n}" for n in range(MANY))
    [client] = Client.objects.all()
    assert set(Deal.objects.values_list("client", flat=True)) == {client.pk}
    assert Contact.objects.count() == 1


def test_identical_leads_make_one_deal() -> None:
    answers = at_once([lambda service: service.ask("lead", title="x", phone="88007000000", text="y")] * MANY)
    assert {answer["order_id"] for answer in answers} == {str(Deal.objects.get().pk)}
    assert (Client.objects.count(), Message.objects.count(), RetryKey.objects.count()) == (1, 1, 1)


def test_leads_of_one_id_make_one_deal() -> None:
    def ask(number: int) -> Callable[[Service], dict[str, Any]]:
        return lambda service: service.ask("lead", id="L-1", title="x", text=f"попытка {number}")

    answers = at_once([ask(number) for number in range(MANY)])
    assert {answer["order_id"] for answer in answers} == {str(Deal.objects.get().pk)}
    said = " ".join(Message.objects.values_list("text", flat=True))
    assert all(f"попытка {number}" in said for number in range(MANY))


def test_reports_of_one_call_make_one_call() -> None:
    def ask(number: int) -> Callable[[Service], dict[str, Any]]:
        return lambda service: service.ask("call", id="C-1", caller="88007000000", duration=number)

    answers = at_once([ask(number) for number in range(MANY)])
    assert {answer["call_id"] for answer in answers} == {str(Call.objects.get().pk)}


def test_crossed_phones_and_emails_neither_wait_for_each_other_nor_double_a_client() -> None:
    phones, emails = ["88007000000", "89234102993"], ["a@mail.ru", "b@mail.ru"]

    def ask(number: int) -> Callable[[Service], dict[str, Any]]:
        phone, email = phones[number % 2], emails[number // 2 % 2]
        return lambda service: service.ask("lead", title=f"{number}", phone=phone, email=email)

    at_once([ask(number) for number in range(MANY)])
    assert Deal.objects.count() == MANY
    for column in (phones, emails):
        for entered in column:
            owners = Contact.objects.filter(entered=entered).values_list("client", flat=True)
            assert len(set(owners)) == len(owners)
    assert Client.objects.count() <= 2
    assert ProbableDuplicates.objects.count() <= 1


def test_leads_and_edits_of_one_deal_lose_neither() -> None:
    deal = make_deal("0", visit="")

    def edit(service: Service) -> dict[str, Any]:
        change_deal(deal=deal, title="changed", by=None)
        return {"status": "ok"}

    def comment(number: int) -> Callable[[Service], dict[str, Any]]:
        return lambda service: service.ask("message", leadId=deal.pk, message=f"{number}")

    answers = at_once([edit if number % 4 == 0 else comment(number) for number in range(MANY)])
    assert {answer["status"] for answer in answers} == {"ok"}
    assert Message.objects.filter(deal=deal).count() == MANY * 3 // 4
    assert Deal.objects.get().title == "changed"


def test_first_pages_at_once_leave_a_walk_that_goes_on() -> None:
    deals = [str(make_deal(f"{number}").pk) for number in range(5)]
    answers = at_once([lambda service: service.ask("export", limit=2)] * 8)
    assert [[order["id"] for order in answer["orders"]] for answer in answers] == [deals[:2]] * 8
    assert [order["id"] for order in Service().ask("export", offset=2, limit=9)["orders"]] == deals[2:]
    assert Walk.objects.count() >= 1
