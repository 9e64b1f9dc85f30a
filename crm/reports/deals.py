"""Figures of deals, each set of them in one query."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum

from crm.models.deal import DealQuerySet, has_no_task, has_overdue_task


@dataclass(frozen=True)
class Figures:
    """How many deals and for how much; those without a price count and add nothing."""

    count: int = 0
    amount: Decimal = Decimal(0)
    without_task: int = 0
    overdue: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.count + other.count,
            self.amount + other.amount,
            self.without_task + other.without_task,
            self.overdue + other.overdue,
        )


def figures_by_status(deals: DealQuerySet, condition: Q, *, at: datetime | None = None) -> dict[int, Figures]:
    """Status id → figures of the deals that meet `condition`; what they are of tasks whether they meet it or not."""
    rows = (
        deals.order_by()
        .annotate(has_no_task=has_no_task(), has_overdue_task=has_overdue_task(at))
        .values("status")
        .annotate(
            count=Count("pk", filter=condition),
            amount=Sum("price", filter=condition, default=Decimal(0)),
            without_task=Count("pk", filter=Q(has_no_task=True)),
            overdue=Count("pk", filter=Q(has_overdue_task=True)),
        )
    )
    return {row.pop("status"): Figures(**row) for row in rows}
