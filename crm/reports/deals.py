"""Figures of deals: each set of them in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value

from crm.models import Deal, User
from crm.models.deal import HAS_NO_SOURCE, HAS_NO_TASK, DealQuerySet, has_overdue_task
from crm.reports.counting import COUNTED, CountOf, SumOf

FIGURES = ("count", "amount", "without_task", "overdue", "without_source")


@dataclass(frozen=True)
class Figures:
    """How many deals and for how much; those without a price count and add nothing. Then how many there would be if
    one asked of their tasks or their source otherwise.
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    without_task: int = 0
    overdue: int = 0
    without_source: int = 0
    # Where the counting stopped one behind: a count above it means "more than".
    most: int | None = None

    @property
    def is_capped(self) -> bool:
        """Whether there are more deals than were counted."""
        return self.most is not None and self.count > self.most

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.count + other.count,
            self.amount + other.amount,
            self.without_task + other.without_task,
            self.overdue + other.overdue,
            self.without_source + other.without_source,
        )


@dataclass(frozen=True)
class FiguresToCome:
    """Of so many deals that a page should stand before they are counted up: how many it shows, and nothing else."""

    count: int
    amount: None = None
    without_task: None = None
    overdue: None = None
    without_source: None = None
    most: None = None
    is_capped: bool = True


@dataclass(frozen=True)
class Asked:
    """`deals` under a filter, apart from what it asks of their tasks and of their source; the clock is an argument."""

    deals: DealQuerySet
    tasks: Q
    origin: Q
    at: datetime | None = None

    def all(self) -> DealQuerySet:
        """The deals that the filter finds."""
        return self.deals.filter(self.tasks, self.origin)

    def without_task(self) -> DealQuerySet:
        return self.deals.filter(self.origin, HAS_NO_TASK)

    def overdue(self) -> DealQuerySet:
        return self.deals.filter(self.origin, has_overdue_task(self.at))

    def without_source(self) -> DealQuerySet:
        return self.deals.filter(self.tasks, HAS_NO_SOURCE)


@dataclass(frozen=True)
class Counted:
    """Figures by the id of their status; `total` is how many deals there are without the filter."""

    by_status: Mapping[int, Figures]
    total: int

    @cached_property
    def figures(self) -> Figures:
        return sum(self.by_status.values(), Figures())


def count_board(parts: Sequence[Asked], *, everything: Sequence[DealQuerySet] = ()) -> Counted:
    """Count the deals of a board column by column, exactly.

    The deals come in parts, the open and the closed, each counted by an index that holds all that is asked.
    `everything` are the parts without the filter, where there is one.
    """
    counts = [figures for asked in parts for figures in _figures(asked)] + [_numbers(deals) for deals in everything]
    by_status: dict[int, Figures] = {}
    total = 0
    for status, passed, *figures, found in counts[0].union(*counts[1:], all=True):
        if passed:
            by_status[status] = by_status.get(status, Figures()) + Figures(*figures)
        if not (passed and everything):
            total += found
    return Counted(by_status, total)


def _figures(asked: Asked) -> list[QuerySet[Deal, tuple[Any, ...]]]:
    """Rows whose sum by status are its Figures, each: its id, that these have passed the filter, Figures in order, and
    how many there are whatever is asked of their tasks and their source.
    """
    tasks, at = asked.tasks, asked.at
    sourceless = _count(tasks & HAS_NO_SOURCE)
    of_origin = {
        "count": _count(tasks),
        "amount": Sum("price", filter=tasks, default=Decimal(0)),
        "without_task": _count(HAS_NO_TASK),
        "overdue": _count(has_overdue_task(at)),
    }
    if not asked.origin:
        return [_rows(asked.deals, 1, found=_count(), without_source=sourceless, **of_origin)]
    # Where a deal comes from may have to be looked for in its values: once a deal, not once a figure.
    return [
        _rows(asked.deals.filter(asked.origin), 1, **of_origin),
        _rows(asked.deals, 1, found=_count(), without_source=sourceless),
    ]


def _count(condition: Q | None = None) -> Count:
    # Counted is the status, which every deal has: the index holds it, and not the deal's number.
    return Count("status", filter=condition or None)


def _numbers(deals: DealQuerySet) -> QuerySet[Deal, tuple[Any, ...]]:
    """As `_figures`, of deals that no filter was asked about: only how many there are."""
    return _rows(deals, 0, found=_count())


def _rows(deals: DealQuerySet, passed: int, **counted: Any) -> QuerySet[Deal, tuple[Any, ...]]:
    """A row a status; what is not `counted` is none."""
    none = dict.fromkeys([*FIGURES, "found"], Value(0)) | {"amount": Value(Decimal(0), DecimalField())}
    rows = deals.order_by().values("status").annotate(passed=Value(passed), **none | counted)
    return rows.values_list("status", "passed", *FIGURES, "found")


def count_few(asked: Asked) -> Figures:
    """Count the deals of a list that are few enough to look at each: once, in one query."""
    return count_board([asked]).figures


def count_list(asked: Asked, *, user: User, exactly: bool = False) -> Figures:
    """Count the deals of a list, unless `exactly` only up to one more than COUNTED of each kind, in one query.

    `user` is who looks: the query hangs on his row.
    """
    most = None if exactly else COUNTED + 1
    found = asked.all().order_by()
    beside = (asked.without_task(), asked.overdue(), asked.without_source())
    # Counted is a column that the indexes of the list hold, as not all of them hold the deal's number.
    counts = [CountOf(deals.order_by().values("trashed_at")[:most]) for deals in beside]
    row = (
        User.objects.filter(pk=user.pk)
        .values_list(CountOf(found.values("trashed_at")[:most]), SumOf(found.values("price")[:most]), *counts)
        .get()
    )
    return replace(Figures(*row), most=None if exactly else COUNTED)
