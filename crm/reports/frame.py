"""What the frame of every page shows, in one query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, CharField, Count, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.models import Notification, SavedView, Task, User
from crm.models.prepared import prepared_for


@dataclass(frozen=True)
class Bell:
    """How much a person has not read; `latest` is the newest of it, 0 where there is none."""

    unread: int = 0
    latest: int = 0

    @property
    def version(self) -> str:
        return f"{self.latest}-{self.unread}"


@dataclass(frozen=True)
class Frame:
    """`overdue` tasks of the person; `views` that he can open, his own in their order before those of others."""

    overdue: int = 0
    bell: Bell = Bell()
    views: list[SavedView] = field(default_factory=list)

    def views_of(self, page: str) -> list[SavedView]:
        return [view for view in self.views if view.page == page]


def read_frame(person: User) -> Frame:
    """The counts, which are a row of their own, together with the views."""
    counts, *rows = sorted(map(_Row._make, _rows(person, timezone.now())), key=lambda row: row.on != "")
    views = [_view(row) for row in rows]
    views.sort(key=lambda view: (0, view.position, "") if view.owner_id == person.pk else (1, 0, view.name))
    return Frame(counts.one, Bell(counts.two, counts.three), views)


def read_bell(person: User) -> Bell:
    """The bell alone, which pages ask for every few seconds."""
    found = Notification.objects.visible_to(person).unread().aggregate(n=Count("pk"), latest=Max("pk"))
    return Bell(found["n"], found["latest"] or 0)


class _Row(NamedTuple):
    """Of the counts `on` is empty, and the numbers are theirs; else it is a view."""

    on: str
    called: str
    asks: str
    shared: bool
    default: bool
    one: int
    two: int
    three: int


@prepared_for("sees_all")
def _rows(person: User, at: datetime) -> QuerySet[User, Any]:
    return _counts(person, at).union(_views(person), all=True).values_list(*_Row._fields)


def _counts(person: User, at: datetime) -> QuerySet[User, Any]:
    tasks = Task.objects.overdue(at).filter(assignee=OuterRef("pk")).order_by().values("assignee")
    unread = Notification.objects.visible_to(person).unread().order_by().values("person")
    text, flag = Value("", CharField()), Value(False, BooleanField())  # noqa: FBT003  (a value of the database)
    counts: QuerySet[User, Any] = (
        User.objects.filter(pk=person.pk)
        .order_by()
        .values(
            on=text,
            called=text,
            asks=text,
            shared=flag,
            default=flag,
            one=Coalesce(Subquery(tasks.values(n=Count("pk"))), 0),
            two=Coalesce(Subquery(unread.values(n=Count("pk"))), 0),
            three=Coalesce(Subquery(unread.values(n=Max("pk"))), 0),
        )
    )
    return counts


def _views(person: User) -> QuerySet[SavedView, Any]:
    """In the columns of `_counts`."""
    return (
        SavedView.objects.visible_to(person)
        .with_default_of(person)
        .order_by()
        .values(
            on=F("page"),
            called=F("name"),
            asks=F("query"),
            shared=F("is_shared"),
            default=F("is_default"),
            one=F("pk"),
            two=F("owner"),
            three=F("position"),
        )
    )


def _view(row: _Row) -> SavedView:
    view = SavedView(
        pk=row.one,
        page=row.on,
        name=row.called,
        query=row.asks,
        owner_id=row.two,
        position=row.three,
        is_shared=row.shared,
    )
    view.is_default = row.default  # type: ignore[attr-defined]  # as `with_default_of` has it
    return view
