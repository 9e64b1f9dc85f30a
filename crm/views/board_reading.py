"""The board under a filter, as its page and its fragments show it."""

from dataclasses import dataclass

from django.db.models import Max, Subquery
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from crm.access import person
from crm.filters.deals import DealFilter
from crm.middleware import current_page
from crm.models import Change, CustomField, Deal, SavedView, Status
from crm.models.deal import DealQuerySet
from crm.reports.board import (
    CARDS_A_COLUMN,
    BoardDeals,
    Card,
    Column,
    board_statuses,
    fill_columns,
    next_cards,
    read_cards,
)
from crm.reports.deals import Figures, count_board
from crm.views.viewing import expand

# Parameters of fragments, which are no part of the board's own address.
OF_FRAGMENTS = ("seen", "limit", "after", "page")
MOST_CARDS = 1000
# The board is drawn anew at least this often: a task becomes overdue without a change.
SECONDS_A_DRAWING = 300


@dataclass
class Board:
    filter: DealFilter
    columns: list[Column]
    drop_zones: list[Status]
    fields: list[CustomField]
    deals: DealQuerySet
    cards: BoardDeals
    query: QueryDict
    latest: int
    total: int  # without the filter

    @property
    def figures(self) -> Figures:
        return sum((column.figures for column in self.columns), Figures())

    @property
    def next_status(self) -> Status | None:
        return self.columns[0].status if self.columns else None

    @property
    def query_text(self) -> str:
        """The query with its question mark; empty where nothing is asked."""
        return f"?{self.query.urlencode()}" if self.query else ""

    @property
    def version(self) -> str:
        return version(self.latest)

    def fill(self, limit: int = CARDS_A_COLUMN) -> None:
        fill_columns(self.columns, self.cards, self.fields, limit=limit)

    def cards_of(self, number: int) -> list[Card]:
        """The one card of a deal if it stands on the board under the filter, else none."""
        return read_cards(Deal.objects.filter(pk__in=self.deals.filter(pk=number)), self.fields)

    def next_cards(self, column: Column, after: str) -> tuple[list[Card], bool]:
        return next_cards(self.cards, column, after, self.fields)


def read_board(request: HttpRequest, query: QueryDict) -> Board:
    """The board without its cards (`fill` puts them in); the figures of all columns are one query."""
    # Before the deals are read: what is written meanwhile is then fetched once more rather than missed.
    statuses = Status.objects.annotate(latest=Subquery(Change.objects.order_by("-pk").values("pk")[:1]))
    latest = max((status.latest or 0 for status in statuses), default=0)  # type: ignore[attr-defined]  # annotated
    user = person(request)
    columns, drop_zones = board_statuses(statuses)
    fields = CustomField.on_offer()
    visible, at = Deal.objects.visible_to(user), timezone.now()
    chosen = DealFilter(query, visible.on_board(columns, at), user=user, fields=fields, at=at)
    parts = visible.open_on_board(columns), visible.closed_on_board(columns, at)
    counted = count_board([chosen.asked_of(part) for part in parts], everything=parts if chosen.is_narrowed else ())
    return Board(
        filter=chosen,
        columns=[Column(status, counted.by_status.get(status.pk, Figures())) for status in columns],
        drop_zones=drop_zones,
        fields=fields,
        deals=chosen.qs,
        cards=BoardDeals(chosen.found_in(visible), at=at),
        query=own_query(query),
        latest=latest,
        total=counted.total,
    )


def own_query(query: QueryDict) -> QueryDict:
    """The query of the board's own address."""
    kept = query.copy()
    for name in OF_FRAGMENTS:
        kept.pop(name, None)
    return kept


def query_of_page(request: HttpRequest) -> QueryDict:
    """The query of the page that htmx sent this request from."""
    return expand(request, QueryDict(current_page(request).query), SavedView.Page.BOARD)


def latest_change() -> int:
    """Whatever is written anywhere writes a Change."""
    return Change.objects.aggregate(latest=Max("pk"))["latest"] or 0


def version(latest: int) -> str:
    """What a drawing of the board depends on beside its filter."""
    return f"{latest}-{int(timezone.now().timestamp()) // SECONDS_A_DRAWING}"
