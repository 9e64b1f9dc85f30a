"""A long walk: its last page costs what its first does, whatever lies before it."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import Deal, Status
from crm.services.many_deals import save_with_orders
from tests.analytics_api.asking import Service

pytestmark = pytest.mark.django_db

DEALS, PAGE = 20_000, 1_000


def make_deals() -> None:
    status = Status.objects.get(pk=1)
    for first in range(0, DEALS, 2_000):
        deals = [Deal(title=f"Сделка {first + index}", status=status) for index in range(2_000)]
        Deal.objects.bulk_create(deals)
        save_with_orders(deals, ["title"], at=timezone.now())


def rows_read(ask: Callable[[], object]) -> int:
    """What the database did for it: on PostgreSQL rows fetched, on SQLite hundreds of steps of its machine."""
    if connection.vendor == "postgresql":
        before = fetched()
        ask()
        return fetched() - before
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    connection.connection.set_progress_handler(step, 100)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 100)
    return steps


def fetched() -> int:
    """Rows that this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def test_the_last_page_of_twenty_thousand_deals_costs_what_the_second_does(service: Service) -> None:
    make_deals()
    seen = ids_at(service, 0)

    def take(offset: int) -> None:
        seen.extend(ids_at(service, offset))

    costs = [rows_read(partial(take, offset)) for offset in range(PAGE, DEALS, PAGE)]

    assert len(set(seen)) == DEALS
    # Chunks of ids and pages of indexes end here and there: a few rows more or less are no growth.
    assert costs[-1] <= 1.1 * costs[0]
    assert max(costs) <= 1.2 * min(costs)


def ids_at(service: Service, offset: int) -> list[str]:
    return [order["id"] for order in service.ask("export", offset=offset, limit=PAGE)["orders"]]
