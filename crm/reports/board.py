"""What the board shows: columns with their figures, and the cards in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.days import day_of, today
from crm.models import CustomField, Deal, FieldValue, Status, StatusStay, Task, User
from crm.models.deal import DealQuerySet, shown_since
from crm.reports.deals import Figures

CARDS_A_COLUMN = 50
# So few deals of a column are looked up, rather than looked for among all that are open in its status.
FEW = 1000


@dataclass(frozen=True)
class Card:
    deal: Deal
    entered_at: datetime
    was_moved: bool
    task: Task | None
    source: str
    values: list[FieldValue]
    at: datetime

    @property
    def days(self) -> int:
        """Whole days in its status."""
        return max(0, (self.at - self.entered_at).days)

    @property
    def is_stale(self) -> bool:
        limit = self.deal.status.stale_after
        return limit is not None and self.at - self.entered_at > timedelta(days=limit)

    @property
    def due(self) -> str:
        """How the next task stands: overdue, today, later or none."""
        if self.task is None:
            return "none"
        if self.task.due_at < self.at:
            return "overdue"
        return "today" if day_of(self.task.due_at) == today(self.at) else "later"

    @property
    def lead_of(self) -> User | None:
        """The outside system that brought the deal, as long as nobody has moved it."""
        maker = self.deal.created_by
        is_lead = maker is not None and maker.kind == User.Kind.SERVICE and not self.was_moved
        return maker if is_lead else None

    @property
    def cursor(self) -> str:
        return f"{self.entered_at.isoformat()},{self.deal.pk}"


@dataclass
class Column:
    status: Status
    figures: Figures = field(default_factory=Figures)
    cards: list[Card] = field(default_factory=list)
    more: bool = False

    @property
    def cursor(self) -> str:
        """Where the next cards go on."""
        return self.cards[-1].cursor if self.cards else ""


def board_statuses(statuses: Iterable[Status]) -> tuple[list[Status], list[Status]]:
    """The statuses that are columns, and those that only take deals in."""
    usable = [one for one in statuses if one.is_usable]
    return [one for one in usable if one.on_board], [one for one in usable if not one.on_board]


@dataclass(frozen=True)
class BoardDeals:
    """The deals that pass the filter, wherever they stand; the first of a column are found by its stays or by its
    deals, whichever are fewer.
    """

    found: DealQuerySet
    at: datetime

    def first_of(self, column: Column, limit: int) -> QuerySet[Deal, Any]:
        """The ids of the first `limit` deals of a column, in a form that can be part of a union on SQLite too."""
        return Deal.objects.filter(pk__in=self.stays_in(column).values("deal")[:limit]).order_by().values("pk")

    def stays_in(self, column: Column) -> QuerySet[StatusStay]:
        """The stays of a column's deals in it, in the order of the cards."""
        stays, found = StatusStay.objects.filter(left_at=None, status=column.status), self.found
        if column.status.is_closed:
            # Who was closed since, entered since: the stays before need not be looked through.
            since = shown_since(self.at)
            stays, found = stays.filter(entered_at__gte=since), found.filter(closed_at__gte=since)
        # SQLite does as it is told: by `deal__in` it looks for the stay of each deal there is, by Exists for the deal
        # of one stay after the other.
        if column.figures.count <= FEW and not column.status.is_closed:
            stays = stays.filter(deal__in=found.open_on_board([column.status]))
        else:
            stays = stays.filter(Exists(found.filter(pk=OuterRef("deal"))))
        return stays.order_by("-entered_at", "-deal")


def fill_columns(
    columns: Sequence[Column],
    deals: BoardDeals,
    fields: Iterable[CustomField],
    *,
    limit: int = CARDS_A_COLUMN,
    at: datetime | None = None,
) -> None:
    """Put the first `limit` cards into each column, whose figures are known: the ones that entered the status last
    stand on top.
    """
    taken = [deals.first_of(column, limit) for column in columns if column.figures.count]
    if not taken:
        return
    first, *others = taken
    by_status: dict[int, list[Card]] = {}
    for card in read_cards(Deal.objects.filter(pk__in=first.union(*others, all=True)), fields, at=at):
        by_status.setdefault(card.deal.status_id, []).append(card)
    for column in columns:
        column.cards = by_status.get(column.status.pk, [])
        column.more = column.figures.count > len(column.cards)


def next_cards(
    deals: BoardDeals, column: Column, cursor: str, fields: Iterable[CustomField], *, limit: int = CARDS_A_COLUMN
) -> tuple[list[Card], bool]:
    """The cards of a column after `cursor`, and whether there are still more.

    ValueError, OverflowError: no such cursor.
    """
    moment, _, number = cursor.partition(",")
    entered, pk = datetime.fromisoformat(moment), int(number)
    if timezone.is_naive(entered) or not 0 <= pk < 2**63:
        raise ValueError(cursor)
    entered = entered.astimezone(UTC)
    rest = deals.stays_in(column).filter(Q(entered_at__lt=entered) | Q(entered_at=entered, deal__lt=pk))
    following = list(rest.values_list("deal", flat=True)[: limit + 1])
    cards = read_cards(Deal.objects.filter(pk__in=following), fields)
    return cards[:limit], len(cards) > limit


def read_cards(deals: QuerySet[Deal], fields: Iterable[CustomField], *, at: datetime | None = None) -> list[Card]:
    """The deals as cards, the ones that entered their status last first; three queries."""
    shown = {one.pk: one for one in fields if one.on_board or one.tells_source}
    rows = (
        _with_entry(deals)
        .select_related("client", "status", "manager", "created_by")
        .prefetch_related(
            Prefetch("tasks", Task.objects.unfinished().order_by("due_at", "pk"), to_attr="planned"),
            Prefetch("field_values", FieldValue.objects.filter(field__in=shown), to_attr="shown_values"),
        )
        .defer("order_json", "extra", "search_text", "client__notes", "client__search_text")
        .order_by("-entered_at", "-pk")
    )
    moment = at or timezone.now()
    return [_card(deal, shown, moment) for deal in rows]


def _card(deal: Deal, fields: dict[int, CustomField], at: datetime) -> Card:
    values = {one.field_id: one for one in deal.shown_values}  # type: ignore[attr-defined]  # prefetched above
    for one in values.values():
        one.field = fields[one.field_id]
    return Card(
        deal=deal,
        entered_at=deal.entered_at,  # type: ignore[attr-defined]  # annotated
        was_moved=deal.was_moved,  # type: ignore[attr-defined]  # annotated
        task=next(iter(deal.planned), None),  # type: ignore[attr-defined]  # prefetched
        source=_source([one for one in values.values() if one.field.tells_source]) or deal.visit,
        values=[values[pk] for pk, one in fields.items() if one.on_board and pk in values],
        at=at,
    )


def _source(told: list[FieldValue]) -> str:
    """The source as the analytics service names it, else utm source and medium: "yandex / cpc"."""
    ranked = {one.field.source_rank: one.text for one in told}
    named = ranked.pop(0, "")
    return named or " / ".join(ranked[rank] for rank in sorted(ranked))


def _with_entry(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Annotated with `entered_at`, since when a deal is in its status, and `was_moved`, whether it was in another."""
    return deals.annotate(
        was_moved=Exists(StatusStay.objects.filter(deal=OuterRef("pk")).exclude(left_at=None)),
        stay=FilteredRelation("stays", condition=Q(stays__left_at=None)),
        entered_at=Coalesce("stay__entered_at", "created_at"),
    )
