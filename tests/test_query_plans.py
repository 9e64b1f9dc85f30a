"""The indexes that hot statements rely on: no page reads a table that grows with the business from end to end.

PostgreSQL would rather read small tables whole, so here it may not: what it still reads whole, no index can answer.
"""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from crm.models import Client, Contact, Deal
from crm.models.text_index import CLIENT_TEXT, CONTACT_TEXT, DEAL_TEXT, TextIndex
from tests.analytics_api.asking import Service
from tests.factories import make_integration, make_user
from tests.services.demo.seeded import seed

pytestmark = pytest.mark.django_db

# These grow without an end; people, statuses and fields do not.
GROWING = ("deal", "client", "contact", "fieldvalue", "statusstay", "task", "call", "message", "change")
WHOLE = re.compile(rf"SCAN crm_(?:{'|'.join(GROWING)})(?! USING)\b(?!_)")
READING = ("SELECT", "(SELECT")


def plan_of(sql: str) -> str:
    """What the database does for a statement, a step a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (FORMAT JSON, COSTS OFF) {sql}")
            return "\n".join(_steps(cursor.fetchone()[0][0]["Plan"]))
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[3] for row in cursor.fetchall())


def _steps(node: dict[str, Any], above: str = "") -> list[str]:
    """The plan as SQLite would say it: "SCAN crm_deal" is a table read whole, "USING" names the index."""
    steps = []
    # Right under a limit it is its first rows alone.
    if node["Node Type"] == "Seq Scan" and above != "Limit":
        steps.append(f"SCAN {node['Relation Name']}")
    if "Index Name" in node:
        steps.append(f"SEARCH USING INDEX {node['Index Name']}")
    return steps + [step for child in node.get("Plans", ()) for step in _steps(child, node["Node Type"])]


@pytest.fixture
def desk(client: Browser) -> Browser:
    """An administrator at a base of some size."""
    seed(1500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    client.force_login(make_user(role="administrator"))
    return client


def read_whole(asked: CaptureQueriesContext) -> list[str]:
    """Of the statements those that read a table from end to end, with their plans."""
    sql = [one["sql"] for one in asked.captured_queries if one["sql"].startswith(READING)]
    plans = [(one, plan_of(one)) for one in sql]
    return [f"{one}\n{plan}" for one, plan in plans if WHOLE.search(plan)]


def test_no_page_reads_a_growing_table_from_end_to_end(desk: Browser) -> None:
    deal = Deal.objects.exclude(client=None).latest("pk")
    assert deal.client is not None
    phone = Contact.objects.filter(kind=Contact.Kind.PHONE).latest("pk").entered
    pages = {
        "board": "/",
        "a column's next cards": f"/board/1/?{urlencode({'after': '2026-11-01T00:00:00+00:00,1'})}",
        "board of one manager": "/?manager=me&task=overdue",
        "board by text": "/?q=стриж",
        "board by source": "/?source=yandex",
        "list": "/deals/",
        "list by price": "/deals/?sort=-price",
        "list by price upwards": "/deals/?sort=price",
        "list by source": "/deals/?source=yandex",
        "list without a task": "/deals/?task=none&status=1",
        "list by text": f"/deals/?{urlencode({'q': deal.client.name})}",
        "list by phone": f"/deals/?{urlencode({'q': phone})}",
        "deal": deal.get_absolute_url(),
        "clients": "/clients/",
        "clients by text": f"/clients/?{urlencode({'q': deal.client.name})}",
        "client": f"/clients/{deal.client_id}/",
        "tasks": "/tasks/",
        "tasks of all": "/tasks/?of=all",
        "calls": "/calls/",
        "search by text": f"/search/?{urlencode({'q': deal.client.name})}",
        "search by phone": f"/search/?{urlencode({'q': phone})}",
        "search by number": f"/search/?q={deal.pk}",
        "trash": "/trash/",
    }
    faults = {}
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200, name
        if found := read_whole(asked):
            faults[name] = found

    assert not faults, "\n\n".join(f"# {name}\n{one}" for name, found in faults.items() for one in found)


def test_the_board_counts_by_its_indexes_and_takes_the_first_stays_of_each_column(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.reports.board.FEW", 0)
    with CaptureQueriesContext(connection) as asked:
        assert desk.get("/").status_code == 200
    [figures] = [one["sql"] for one in asked.captured_queries if '"without_task"' in one["sql"]]
    [cards] = [one["sql"] for one in asked.captured_queries if '"was_moved"' in one["sql"]]

    plan = plan_of(figures)
    assert plan.count("INDEX deal_open_figures") == 1, plan
    assert plan.count("INDEX deal_closed_figures") == 1, plan
    if connection.vendor == "sqlite":
        assert plan.count("COVERING INDEX") == 2, plan  # not a row of the table is read
    plan = plan_of(cards)
    assert plan.count("USING INDEX status_stay_by_entry") == 3, plan


def test_few_open_deals_of_a_column_are_looked_up_by_what_the_board_counts(desk: Browser) -> None:
    manager = Deal.objects.filter(closed_at=None).exclude(manager=None).latest("pk").manager_id
    assert manager
    with CaptureQueriesContext(connection) as asked:
        board = desk.get(f"/?manager={manager}").context["board"]
    [cards] = [one["sql"] for one in asked.captured_queries if '"was_moved"' in one["sql"]]

    plan = plan_of(cards)
    open_columns = [column for column in board.columns if column.cards and not column.status.is_closed]
    assert open_columns
    assert not WHOLE.search(plan), plan
    if connection.vendor == "sqlite":  # PostgreSQL finds out by itself what is fewer
        assert plan.count("INDEX deal_open_figures") == len(open_columns), plan


def test_what_is_overdue_of_one_person_is_counted_by_indexes_that_know_whose_it_is(desk: Browser) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert desk.get("/deals/?manager=me").status_code == 200
    [frame] = [one["sql"] for one in asked.captured_queries if "crm_savedview" in one["sql"]]
    [figures] = [one["sql"] for one in asked.captured_queries if "SUM(counted.price)" in one["sql"]]

    assert "INDEX task_unfinished_of_one" in plan_of(frame)
    if connection.vendor == "sqlite":  # PostgreSQL may find fewer deals by their manager alone
        assert "COVERING INDEX deal_by_task" in plan_of(figures)


def test_where_a_deal_comes_from_is_looked_for_once_a_deal(desk: Browser) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert desk.get("/?source=yandex").status_code == 200
    [figures] = [one["sql"] for one in asked.captured_queries if '"without_task"' in one["sql"]]

    # Of the open deals and of the closed ones, not for each of their figures.
    assert figures.count('FROM "crm_fieldvalue"') == 2, figures


def test_a_pull_reads_no_growing_table_from_end_to_end_but_to_begin_a_walk(desk: Browser) -> None:
    make_integration()
    service = Service()
    service.ask("export", limit=1000)  # fixes which deals the walk has: of all of them their numbers
    with CaptureQueriesContext(connection) as asked:
        service.ask("export", offset=1000, limit=1000)
        service.ask("import_scheme")

    assert read_whole(asked) == []


def test_a_pull_of_what_has_changed_lately_finds_it_by_its_index(desk: Browser) -> None:
    make_integration()
    since = int(Deal.objects.latest("changed_at").changed_at.timestamp()) - 3600
    with CaptureQueriesContext(connection) as asked:
        assert Service().ask("export", date=since, limit=1000)["orders"]
    [found] = [one["sql"] for one in asked.captured_queries if '"changed_at" >=' in one["sql"]]

    assert "INDEX deal_by_change" in plan_of(found)


@pytest.mark.parametrize(("model", "index"), [(Deal, DEAL_TEXT), (Client, CLIENT_TEXT), (Contact, CONTACT_TEXT)])
def test_a_part_of_a_text_is_found_by_its_index(desk: Browser, model: type[Model], index: TextIndex) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It would rather walk the few rows by their keys.
            cursor.execute("SET LOCAL enable_indexscan = off")

    assert index.name in model._default_manager.filter(index.rows_with(["редкость"])).explain()
