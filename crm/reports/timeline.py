"""What happened on a deal or with a client, newest first and day by day, and what is planned.

    scope = deal_scope(number)  or  client_scope(client, viewer=user)   one query
    tally = count_events(scope)                             one query
    timeline = read_timeline(scope, tally, Asked(kind="calls", before="…"), teller=Teller(statuses, fields))

`timeline.planned` are the unfinished tasks, soonest first (on the first page only), `timeline.days` the past: each Day
with its `date` and its `events`, `timeline.counts` the number of rows a kind, `timeline.earlier` the `before` of the
next page or an empty text. An Event has `kind` (one of KINDS), `at`, `row` (Message, Task, Call or Change), for a
change `told` (crm.reports.changes), and on a client's timeline the `deal` it comes from. Whoever asks for a deal's
timeline must see the deal (crm.access.get_deal); a client's shows of his deals those that the viewer sees.

At most five queries whatever there is to show (a name of a manager or a client in a change is the sixth).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain, groupby
from typing import Any

from django.db.models import BooleanField, CharField, Count, ExpressionWrapper, F, Max, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from crm.days import day_of
from crm.models import Call, Change, Client, Deal, Message, Task, User
from crm.reports.changes import Teller, Told

KINDS = ("changes", "comments", "tasks", "calls")
PAGE = 40
# More than this many planned tasks on one record are a list of tasks, which has a page of its own.
PLANNED = 30
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"([0-9]{1,17})-([0-3])-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True)
class Scope:
    """Whose timeline it is: the condition on messages, tasks and calls, and that on changes."""

    owned: Q
    changed: Q
    of_client: bool = False

    @cached_property
    def rows(self) -> dict[str, QuerySet[Any]]:
        """Of each kind all there are."""
        return {
            "changes": Change.objects.filter(self.changed).told(),
            "comments": Message.objects.filter(self.owned),
            "tasks": Task.objects.filter(self.owned),
            "calls": Call.objects.filter(self.owned),
        }


@dataclass(frozen=True)
class Tally:
    """`counts` of rows by kind; `version` is the latest Change, what a save sends as the state it saw."""

    counts: dict[str, int]
    version: int


@dataclass(frozen=True)
class Asked:
    """What of a timeline is wanted: one of KINDS or all of them, and where the page begins."""

    kind: str = ""
    before: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Asked":
        """From an address; what means nothing asks for nothing."""
        kind, before = parameters.get("kind", ""), parameters.get("before", "")
        return cls(kind if kind in KINDS else "", before if CURSOR.fullmatch(before) else "")

    def wants(self, kind: str) -> bool:
        return self.kind in ("", kind)


@dataclass(frozen=True)
class Event:
    kind: str
    at: datetime
    row: Message | Task | Call | Change
    told: Told | None = None
    deal: Deal | None = None

    @property
    def place(self) -> tuple[datetime, int, int]:
        """Where it stands: of things that happened at one moment, kinds and numbers decide."""
        return self.at, KINDS.index(self.kind), self.row.pk


@dataclass(frozen=True)
class Day:
    date: date
    events: list[Event]


@dataclass(frozen=True)
class Timeline:
    asked: Asked
    counts: dict[str, int]
    days: list[Day]
    earlier: str
    planned: list[Task] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def deal_scope(number: int) -> Scope:
    return Scope(owned=Q(deal=number), changed=Q(number=number))


def client_scope(client: Client, *, viewer: User) -> Scope:
    """His own and that of his deals, of those that the viewer sees; one query."""
    # Their numbers, since PostgreSQL reads whole tables for a subquery beside an OR.
    deals = list(Deal.objects.visible_to(viewer).filter(client=client).values_list("pk", flat=True))
    return Scope(
        owned=Q(client=client) | Q(deal__in=deals), changed=Q(number=client.pk) | Q(number__in=deals), of_client=True
    )


def count_events(scope: Scope) -> Tally:
    """How many rows of each kind there are, the planned tasks among them."""
    selects = [
        rows.order_by().values(kind=Value(kind, CharField())).annotate(count=Count("pk"), last=Max("pk"))
        for kind, rows in scope.rows.items()
    ]
    found = {row["kind"]: row for row in selects[0].union(*selects[1:], all=True)}
    return Tally({kind: found[kind]["count"] for kind in KINDS}, found["changes"]["last"] or 0)


def read_timeline(scope: Scope, tally: Tally, asked: Asked, *, teller: Teller) -> Timeline:
    reading = _Reading(scope, tally, asked, _read_cursor(asked.before))
    tasks = reading.tasks()
    changes = reading.page(Change)
    told = teller.tell(changes)
    deals = _deals_of(changes) if scope.of_client else {}
    events = sorted(
        chain(
            (Event("changes", row.at, row, told[row.pk], deals.get(row.number)) for row in changes),
            (Event("comments", row.created_at, row, deal=row.deal) for row in reading.page(Message)),
            (Event("tasks", task.done_at, task, deal=task.deal) for task in tasks if task.done_at),
            (Event("calls", row.started_at, row, deal=row.deal) for row in reading.page(Call)),
        ),
        key=lambda event: event.place,
        reverse=True,
    )
    page = events[:PAGE]
    return Timeline(
        asked=asked,
        counts=tally.counts,
        days=[Day(day, list(of_day)) for day, of_day in groupby(page, key=lambda event: day_of(event.at))],
        earlier=_cursor(page[-1]) if len(events) > PAGE else "",
        planned=[task for task in tasks if task.done_at is None],
    )


# What each kind is made of: the rows, the column that says when, and what is shown beside.
MOMENTS = {"changes": "at", "comments": "created_at", "tasks": "done_at", "calls": "started_at"}
KIND_OF: dict[type, str] = {Change: "changes", Message: "comments", Call: "calls"}
BESIDE = {"changes": ("by",), "comments": ("author", "deal"), "calls": ("manager", "account", "deal")}


@dataclass(frozen=True)
class _Reading:
    """Reads a page of each kind that is asked for, behind `before`; of what there is none nothing is asked."""

    scope: Scope
    tally: Tally
    asked: Asked
    before: tuple[datetime, int, int] | None

    def page(self, model: type) -> list[Any]:
        """One more than a page of the rows of one kind, newest first."""
        kind = KIND_OF[model]
        if not (self.tally.counts[kind] and self.asked.wants(kind)):
            return []
        rows = self.scope.rows[kind].select_related(*BESIDE[kind]).filter(_older_than(self.before, kind))
        return list(rows.order_by(f"-{MOMENTS[kind]}", "-pk")[: PAGE + 1])

    def tasks(self) -> list[Task]:
        """The next planned tasks, on the first page, and one more than a page of those that are done; one query."""
        count, wanted = self.tally.counts["tasks"], Q()
        if self.before is None:
            wanted |= Q(done_at=None)
        if self.asked.wants("tasks"):
            wanted |= Q(done_at__isnull=False) & _older_than(self.before, "tasks")
        if not (count and wanted):
            return []
        rows = self.scope.rows["tasks"].filter(wanted).order_by("due_at", "pk")
        rows = rows.select_related("assignee", "author", "done_by", "deal")
        return list(rows if count <= PLANNED else _the_next_of(rows))


def _the_next_of(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """So many of the planned and so many of those that are done, as one query."""
    place = Window(
        RowNumber(),
        partition_by=[ExpressionWrapper(Q(done_at=None), output_field=BooleanField())],
        order_by=[F("done_at").desc(), F("due_at").asc(), F("pk").desc()],
    )
    limit = Q(done_at=None, place__lte=PLANNED) | Q(done_at__isnull=False, place__lte=PAGE + 1)
    return tasks.annotate(place=place).filter(limit)


def _older_than(before: tuple[datetime, int, int] | None, kind: str) -> Q:
    """The condition to stand behind `before` in the order of Event.place."""
    if before is None:
        return Q()
    moment, rank, pk = before
    name, own_rank = MOMENTS[kind], KINDS.index(kind)
    older = Q(**{f"{name}__lt": moment})
    if own_rank < rank:
        return older | Q(**{name: moment})
    return older | Q(**{name: moment, "pk__lt": pk}) if own_rank == rank else older


def _deals_of(changes: Iterable[Change]) -> dict[int, Deal]:
    numbers = {change.number for change in changes}
    return Deal.objects.in_bulk(numbers) if numbers else {}


def _cursor(event: Event) -> str:
    moment, rank, pk = event.place
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}-{rank}-{pk}"


def _read_cursor(text: str) -> tuple[datetime, int, int] | None:
    found = CURSOR.fullmatch(text)
    if found is None:
        return None
    return EPOCH + timedelta(microseconds=int(found[1])), int(found[2]), int(found[3])
