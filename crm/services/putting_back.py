"""How a record gets its values of before a batch back: what is the same for deals, clients and tasks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

from django.db.models import Field, Model

from crm.models import Change, User
from crm.services.history import Entry


@dataclass(frozen=True)
class Kept:
    """What was not put back, and why; `since` is the change that came between, where the history tells it."""

    class Reason(Enum):
        CHANGED = "changed"  # somebody has changed it since
        HIDDEN = "hidden"  # who undoes does not see the record
        GONE = "gone"  # the record is no more, or what it had before

    number: int
    field: str
    reason: Reason
    since: Change | None = None


@dataclass(frozen=True)
class Work:
    """Who undoes, and when; all of it comes by the pages."""

    by: User
    at: datetime
    via: Change.Via = Change.Via.WEB


@dataclass(frozen=True)
class Was:
    """A field over a whole batch: the value before its first change and after its last."""

    old: Any
    new: Any


@dataclass
class Record:
    """What a batch did to one record, in the order in which it did it, and what of it has to stay."""

    number: int
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @cached_property
    def fields(self) -> dict[str, Was]:
        """By field, of the changes that name one."""
        fields: dict[str, Was] = {}
        for change in self.changes:
            if change.field:
                first = fields.get(change.field)
                fields[change.field] = Was(first.old if first else change.old, change.new)
        return fields

    def did(self, verb: Change.Verb) -> Change | None:
        """The last change of this kind."""
        return next((change for change in reversed(self.changes) if change.verb == verb), None)

    def keep(self, reason: Kept.Reason, *fields: str) -> None:
        """Note that the fields, or all of the record, stay as they are."""
        since = self.changed_since(*fields) if reason is Kept.Reason.CHANGED else None
        self.kept.append(Kept(self.number, fields[0] if fields else "", reason, since))

    def changed_since(self, *fields: str) -> Change | None:
        """The latest change of the fields, or of anything, that came after this batch's."""
        since = Change.objects.filter(number=self.number, pk__gt=self.changes[-1].pk).select_related("by")
        return (since.filter(field__in=fields) if fields else since).order_by("-pk").first()


def put_back_columns(row: Model, done: Record, names: Collection[str]) -> list[Entry]:
    """Set, in memory, those of the named columns that are still as the batch left them; what is to be recorded is
    returned.
    """
    return put_back_values(row, done, {name: was for name, was in done.fields.items() if name in names})


def put_back_values(row: Model, done: Record, fields: Mapping[str, Was]) -> list[Entry]:
    """As `put_back_columns`, for fields with the values they are to have."""
    entries = []
    for name, was in fields.items():
        column: Field[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]
        now, old, new = getattr(row, column.attname), column.to_python(was.old), column.to_python(was.new)
        if now == old:
            continue
        if now != new:
            done.keep(Kept.Reason.CHANGED, name)
            continue
        setattr(row, column.attname, old)
        entries.append(Entry(done.number, Change.Verb.CHANGED, name, now, old))
    return entries
