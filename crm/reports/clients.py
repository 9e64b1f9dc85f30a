"""What clients bought, over the deals that a person sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from crm.models import Client, Deal, Status, User

WON = Q(status__kind=Status.Kind.WON)
FIGURES = {
    "count": Count("pk"),
    "open": Count("pk", filter=Q(status__kind=Status.Kind.OPEN)),
    "won": Count("pk", filter=WON),
    "revenue": Sum("price", filter=WON),
    "cost": Sum("cost", filter=WON),
}


@dataclass(frozen=True)
class ClientTotals:
    """Deals of a client: all, open and won ones; what the won ones brought and cost, None where nothing is known."""

    count: int = 0
    open: int = 0
    won: int = 0
    revenue: Decimal | None = None
    cost: Decimal | None = None

    @property
    def profit(self) -> Decimal | None:
        return None if self.revenue is None else self.revenue - (self.cost or 0)


def totals_of(clients: Iterable[Client], *, viewer: User) -> dict[int, ClientTotals]:
    """Client id → the totals of his deals that `viewer` sees, the trash aside; those without deals are not in it."""
    deals = Deal.objects.visible_to(viewer).present().filter(client__in=list(clients))
    rows = deals.order_by("client").values("client").annotate(**FIGURES)
    return {row.pop("client"): ClientTotals(**row) for row in rows}
