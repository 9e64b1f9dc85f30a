"""Figures of deals, each set of them in one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Subquery, Sum, Value

from crm.models import CustomField, Deal
from crm.models.deal import DealQuerySet, has_no_source, has_no_task, has_overdue_task


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
    # Whatever is asked of tasks and source: what a limit on free text is compared with.
    found: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.count + other.count,
            self.amount + other.amount,
            self.without_task + other.without_task,
            self.overdue + other.overdue,
            self.without_source + other.without_source,
            self.found + other.found,
        )


@dataclass(frozen=True)
class Counted:
    """Figures by the id of their status; `total` is how many deals there are without the filter."""

    by_status: Mapping[int, Figures]
    total: int

    @cached_property
    def figures(self) -> Figures:
        return sum(self.by_status.values(), Figures())


def count_deals(
    deals: DealQuerySet,
    *,
    tasks: Q,
    origin: Q,
    telling: Iterable[CustomField],
    everything: DealQuerySet | None = None,
    at: datetime | None = None,
) -> Counted:
    """Count `deals` of which `tasks` and `origin` are asked, and how many the other answers would find.

    `telling` are the fields that tell a source; `everything` are the deals without the filter, None where there is
    none.
    """
    counted = (
        deals.order_by()
        .annotate(has_no_task=has_no_task(), has_overdue_task=has_overdue_task(at))
        .values("status")
        .annotate(
            count=Count("pk", filter=tasks & origin),
            amount=Sum("price", filter=tasks & origin, default=Decimal(0)),
            without_task=Count("pk", filter=origin & Q(has_no_task=True)),
            overdue=Count("pk", filter=origin & Q(has_overdue_task=True)),
            without_source=Count("pk", filter=tasks & has_no_source(telling)),
            found=Count("pk"),
        )
    )
    if everything is None:
        by_status = {row.pop("status"): Figures(**row) for row in counted}
        return Counted(by_status, sum(one.found for one in by_status.values()))
    rows = list(counted.annotate(total=Subquery(_number_of(everything))))
    total = [row.pop("total") for row in rows]
    # Where nothing is found, no row brings the total along.
    return Counted({row.pop("status"): Figures(**row) for row in rows}, total[0] if total else everything.count())


def _number_of(deals: DealQuerySet) -> QuerySet[Deal, dict[str, int]]:
    """As a subquery: one row, or none where there are no deals."""
    return deals.order_by().values(one=Value(1)).annotate(number=Count("pk")).values("number")
