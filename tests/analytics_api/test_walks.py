"""One pull is one picture (PROTOCOL.md, section 2, Paging)."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics_api.models import Walk, WalkChunk
from crm.models import Client, Deal, Integration, Role
from crm.services.deals import change_deal, trash_deal
from crm.services.erasing import erase_client
from tests.analytics_api.asking import Service
from tests.factories import make_client, make_deal, make_integration, make_user

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def pages(service: Service, action: str = "export", **parameters: object) -> Iterator[dict[str, Any]]:
    """As Roistat walks: a first request without `limit` for the total count, then page by page."""
    rows = {"export": "orders", "export_clients": "clients"}[action]
    limit = int(str(parameters.pop("limit", 100)))
    total = int(service.ask(action, **parameters)["pagination"]["total_count"])
    for offset in range(0, total, limit):
        answer = service.ask(action, offset=offset, limit=limit, **parameters)
        yield {"ids": [row["id"] for row in answer[rows]], "total_count": answer["pagination"]["total_count"]}


def test_a_walk_meets_each_deal_once_while_others_write(service: Service) -> None:
    deals = [make_deal(f"{number}") for number in range(250)]
    met: list[str] = []
    totals = set()
    for page in pages(service):
        met += page["ids"]
        totals.add(page["total_count"])
        make_deal("new")
        trash_deal(deal=deals[len(met) // 2], by=None)
        change_deal(deal=deals[-1], by=None, title=f"changed after {len(met)}")
    assert met == [str(deal.pk) for deal in deals]
    assert totals == {"250"}


def test_a_walk_of_changes_does_not_shift_when_deals_change_meanwhile(service: Service) -> None:
    deals = [make_deal(f"{number}", at=NOON) for number in range(25)]
    older = make_deal("older", at=NOON - timedelta(days=1))
    met: list[str] = []
    for page in pages(service, limit=10, date=int(NOON.timestamp())):
        met += page["ids"]
        change_deal(deal=older, by=None, price=Decimal(len(met)))
    assert met == [str(deal.pk) for deal in deals]


def test_clients_are_walked_the_same_way(service: Service) -> None:
    clients = [make_client(f"{number}") for number in range(25)]
    for client in clients:
        make_deal(client=client)
    met: list[str] = []
    for page in pages(service, "export_clients", limit=10):
        met += page["ids"]
        make_deal(client=make_client("new"))
        assert page["total_count"] == "25"
    assert met == [str(client.pk) for client in clients]


def test_values_are_as_fresh_as_the_page(service: Service) -> None:
    deals = [make_deal("before") for _ in range(4)]
    service.ask("export", limit=2)
    change_deal(deal=deals[3], by=None, title="after")
    assert [order["name"] for order in service.ask("export", offset=2, limit=2)["orders"]] == ["before", "after"]


def test_a_page_may_be_cut_anywhere_and_asked_for_again(service: Service) -> None:
    deals = [str(make_deal(f"{number}").pk) for number in range(12)]
    service.ask("export", limit=5)
    make_deal("new")
    for offset, limit in [(3, 4), (3, 4), (1, 1), (4, 100), (11, 1), (12, 5)]:
        answer = service.ask("export", offset=offset, limit=limit)
        assert [order["id"] for order in answer["orders"]] == deals[offset : offset + limit]
        assert answer["pagination"]["total_count"] == "12"


@pytest.mark.parametrize("chunk", [1, 5, 7, 1000])
def test_pages_are_cut_across_chunks(service: Service, chunk: int) -> None:
    deals = [str(make_deal(f"{number}").pk) for number in range(23)]
    with patch("analytics_api.walks.CHUNK", chunk):
        service.ask("export", limit=4)
        for offset in range(1, 25):
            for limit in (1, 4, 9, 30):
                answer = service.ask("export", offset=offset, limit=limit)
                assert [order["id"] for order in answer["orders"]] == deals[offset : offset + limit]


def test_a_set_that_fits_the_first_page_keeps_no_walk(service: Service) -> None:
    for number in range(3):
        make_deal(f"{number}")
    service.ask("export")
    assert Walk.objects.count() == 0
    service.ask("export", limit=2)
    assert (Walk.objects.count(), WalkChunk.objects.count()) == (1, 1)
    service.ask("export", limit=3)
    assert (Walk.objects.count(), WalkChunk.objects.count()) == (0, 0)


def test_the_newest_first_page_starts_anew(service: Service) -> None:
    for number in range(3):
        make_deal(f"{number}")
    service.ask("export", limit=1)
    make_deal("new")
    assert service.ask("export", offset=1, limit=1)["pagination"]["total_count"] == "3"
    service.ask("export", limit=1)
    assert service.ask("export", offset=1, limit=1)["pagination"]["total_count"] == "4"
    assert Walk.objects.count() == 1


def test_a_first_page_that_was_asked_for_earlier_and_is_carried_out_later_is_not_the_newest(service: Service) -> None:
    """The connection was cut, Roistat asked again, and only then did the first request get its turn."""
    for number in range(3):
        make_deal(f"{number}", at=NOON)
    with patch("django.utils.timezone.now", return_value=NOON + timedelta(seconds=2)):
        service.ask("export", limit=1)
    make_deal("new", at=NOON)
    with patch("django.utils.timezone.now", return_value=NOON + timedelta(seconds=1)):
        service.ask("export", limit=1)
    with patch("django.utils.timezone.now", return_value=NOON + timedelta(seconds=3)):
        assert service.ask("export", offset=1, limit=1)["pagination"]["total_count"] == "3"


@pytest.mark.parametrize("limit", [2, 1000])
def test_a_first_page_whose_caller_has_hung_up_leaves_the_walk_alone(service: Service, limit: int) -> None:
    for number in range(5):
        make_deal(f"{number}")
    here, there = socket.socketpair()
    with here, there:
        by_socket: dict[str, Any] = {"gunicorn.socket": here}
        service.get("action=export&offset=0&limit=2", **by_socket)
        make_deal("new")
        there.close()
        # It waited longer than its own repetition.
        service.get(f"action=export&offset=0&limit={limit}", **by_socket)

    behind = service.ask("export", offset=2, limit=2)

    assert behind["pagination"]["total_count"] == "5"


def test_accounts_actions_and_dates_walk_apart(service: Service) -> None:
    make_integration("other")
    other = Service("other")
    for number in range(3):
        make_deal(f"{number}", client=make_client(), at=NOON)
    asked: list[tuple[Service, str, dict[str, object]]] = [
        (service, "export", {}),
        (other, "export", {}),
        (service, "export_clients", {}),
        (service, "export", {"date": int(NOON.timestamp())}),
        (service, "export", {"date": 0}),
    ]
    for number, (who, action, parameters) in enumerate(asked):
        who.ask(action, limit=1, **parameters)
        make_deal(f"new {number}", client=make_client(), at=NOON)
    totals = [
        who.ask(action, offset=1, limit=1, **parameters)["pagination"]["total_count"]
        for who, action, parameters in asked
    ]
    assert totals == ["3", "4", "5", "6", "7"]


def test_a_page_without_a_walk_is_cut_from_the_set_as_it_stands(service: Service) -> None:
    deals = [str(make_deal(f"{number}").pk) for number in range(5)]
    answer = service.ask("export", offset=3, limit=10)
    assert [order["id"] for order in answer["orders"]] == deals[3:]
    assert answer["pagination"] == {"total_count": "5", "limit": "10"}


def test_a_walk_lives_an_hour_after_its_last_page(service: Service) -> None:
    for number in range(4):
        make_deal(f"{number}")
    totals = []
    moments = [timedelta(0), timedelta(minutes=50), timedelta(minutes=105), timedelta(minutes=170)]
    for offset, later in enumerate(moments):
        with patch("django.utils.timezone.now", return_value=NOON + later):
            answer = service.ask("export", offset=offset, limit=1)
        totals.append(answer["pagination"]["total_count"])
        make_deal(f"new {offset}")
    assert totals == ["4", "4", "4", "7"]


def test_walks_that_nobody_goes_on_are_dropped(service: Service) -> None:
    for number in range(4):
        make_deal(f"{number}", at=NOON)
    with patch("django.utils.timezone.now", return_value=NOON):
        service.ask("export", limit=1, date=5)
    with patch("django.utils.timezone.now", return_value=NOON + timedelta(hours=2)):
        service.ask("export", limit=1)
    assert [walk.since for walk in Walk.objects.all()] == [None]


def test_a_deep_page_reads_no_more_than_the_first(service: Service) -> None:
    Deal.objects.bulk_create(Deal(title=f"{number}", status_id=1) for number in range(3000))
    service.ask("export", limit=10)
    costs = []
    for offset in (10, 2990):
        with CaptureQueriesContext(connection) as captured:
            service.ask("export", offset=offset, limit=10)
        statements = [query["sql"] for query in captured]
        assert not any("OFFSET" in sql or "COUNT(" in sql for sql in statements)
        chunks = next(sql for sql in statements if "walkchunk" in sql)
        assert f'"position" >= {offset // 1000} AND ' in chunks
        assert f'"position" <= {offset // 1000} AND ' in chunks
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_client_merged_away_during_a_walk_is_still_answered_with_his_last_values(service: Service) -> None:
    clients = [make_client(f"{number}", phone=f"892341029{number}0") for number in range(3)]
    deals = [make_deal(client=client) for client in clients]
    service.ask("export_clients", limit=1)
    change_deal(deal=deals[2], client=clients[0], by=None)
    Client.objects.filter(pk=clients[2].pk).update(merged_into=clients[0])
    [answered] = service.ask("export_clients", offset=2, limit=1)["clients"]
    assert answered == {"id": str(clients[2].pk), "name": "2", "phone": "89234102920", "email": ""}
    assert service.ask("export_clients")["pagination"]["total_count"] == "2"


@pytest.mark.parametrize("dialect", ["universe", "roistat"])
def test_a_deal_erased_between_two_pages_is_answered_with_its_last_values(
    service: Service, integration: Integration, dialect: str
) -> None:
    integration.dialect = dialect
    integration.save()
    people = [make_client(f"Анна {number}", phone=f"+7 923 410-29-{number}") for number in range(10, 16)]
    for client in people:
        make_deal(f"{client}", client=client, visit="437272")
    administrator = make_user(role=Role.ADMINISTRATOR)
    whole = service.ask("export"), service.ask("export_clients")
    asked = [("export", "orders"), ("export_clients", "clients")]
    pages = [[service.ask(action, limit=2)] for action, _ in asked]

    erase_client(client=people[1], by=administrator, keep_deals=False)
    erase_client(client=people[4], by=administrator, keep_deals=False)

    for (action, rows), met, all_there_were in zip(asked, pages, whole, strict=True):
        met += [service.ask(action, offset=offset, limit=2) for offset in (2, 4)]
        assert [row for page in met for row in page[rows]] == all_there_were[rows]
        assert [page["pagination"]["total_count"] for page in met] == [all_there_were["pagination"]["total_count"]] * 3
        there_are = [all_there_were[rows][place] for place in (0, 2, 3, 5)]
        assert service.ask(action)[rows] == there_are


def test_an_erased_client_whose_deals_stay_is_answered_too(service: Service) -> None:
    people = [make_client(f"Анна {number}") for number in range(3)]
    for client in people:
        make_deal(client=client)
    first = service.ask("export_clients", limit=1)["clients"]
    erase_client(client=people[2], by=make_user(role=Role.ADMINISTRATOR), keep_deals=True)

    rest = service.ask("export_clients", offset=1, limit=5)["clients"]
    assert [row["name"] for row in first + rest] == ["Анна 0", "Анна 1", "Анна 2"]
