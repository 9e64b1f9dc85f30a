"""The history of records: rows of Change, written in the transaction of the write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from crm.models import Batch, Change, User
from crm.services.inserting import insert


@dataclass(frozen=True)
class Entry:
    """One Change to be: `field` with its values before and after, where the verb has any."""

    number: int
    verb: Change.Verb
    field: str = ""
    old: Any = None
    new: Any = None


def record(
    *entries: Entry, by: User | None, via: Change.Via, at: datetime | None = None, batch: Batch | None = None
) -> None:
    """Write the entries down. `by` None is the system itself; `at` is now unless given."""
    insert(*changes(*entries, by=by, via=via, at=at, batch=batch))


def changes(
    *entries: Entry, by: User | None, via: Change.Via, at: datetime | None = None, batch: Batch | None = None
) -> list[Change]:
    """The rows that `record` writes, for whoever writes them with others."""
    moment = at or timezone.now()
    return [
        Change(
            number=entry.number,
            verb=entry.verb,
            field=entry.field,
            old=as_json(entry.old),
            new=as_json(entry.new),
            by=by,
            via=via,
            at=moment,
            batch=batch,
        )
        for entry in entries
    ]


def last_change(number: int) -> int:
    """The version of a record: the id of its latest Change, 0 where it has none. Read it before the values that it is
    to stand for.
    """
    return Change.objects.filter(number=number).order_by("-pk").values_list("pk", flat=True).first() or 0


def changes_since(number: int, seen: int, fields: Iterable[str]) -> QuerySet[Change]:
    """What happened to these fields of a record after `seen` (`last_change` then), the latest first."""
    return (
        Change.objects.filter(number=number, pk__gt=seen, field__in=list(fields)).select_related("by").order_by("-pk")
    )


def as_json(value: Any) -> Any:
    """A field's value in the form that a Change keeps it: rows by their key, money and moments as text."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
