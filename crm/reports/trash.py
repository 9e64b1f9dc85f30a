"""The trash as it is shown: deals and clients together, what was thrown away last first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, QuerySet, Value

from crm.models import Change, Client, Deal, User
from crm.models.client import RESTORABLE_FOR, ClientQuerySet
from crm.models.deal import DealQuerySet


@dataclass(frozen=True)
class TrashRow:
    """`by` is who threw the record away, None for the system; `days` are how long the trash still offers it."""

    record: Deal | Client
    at: datetime
    by: User | None
    days: int

    @property
    def is_deal(self) -> bool:
        return isinstance(self.record, Deal)


def count_trash(deals: DealQuerySet, clients: ClientQuerySet) -> dict[str, int]:
    """How many deals and clients there are; one query."""
    selects = [
        rows.order_by().values(kind=Value(kind, CharField())).annotate(count=Count("pk"))
        for kind, rows in (("deals", deals), ("clients", clients))
    ]
    return {"deals": 0, "clients": 0} | {row["kind"]: row["count"] for row in selects[0].union(selects[1], all=True)}


def numbers_in_trash(deals: DealQuerySet, clients: ClientQuerySet) -> QuerySet[Any, Any]:
    """The numbers of the records, the last thrown away first, as `number` of dicts; to be cut into pages."""
    selects: list[QuerySet[Any, Any]] = [
        rows.order_by().values(number=F("pk"), thrown=F("trashed_at")) for rows in (deals, clients)
    ]
    return selects[0].union(selects[1], all=True).order_by("-thrown", "-number")


def trash_rows(numbers: Iterable[int], *, at: datetime) -> list[TrashRow]:
    """The rows of one page; three queries."""
    numbers = list(numbers)
    records: dict[int, Deal | Client] = {}
    records |= Deal.objects.select_related("client", "status_before_trash").in_bulk(numbers)
    records |= Client.objects.prefetch_related("contacts").in_bulk(numbers)
    thrown = Change.objects.filter(number__in=numbers, verb=Change.Verb.TRASHED).select_related("by").order_by("pk")
    by = {change.number: change.by for change in thrown}
    return [
        TrashRow(record, record.trashed_at, by.get(number), _days_left(record.trashed_at, at))
        for number in numbers
        if (record := records[number]).trashed_at is not None
    ]


def _days_left(thrown: datetime, at: datetime) -> int:
    """Whole days, at least one: today counts."""
    return max(1, -((at - thrown - RESTORABLE_FOR) // timedelta(days=1)))
