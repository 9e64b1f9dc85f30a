"""The history of records: rows of Change, written in the transaction of the write."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from crm.models import Change, User


@dataclass(frozen=True)
class Entry:
    """One Change to be: `field` with its values before and after, where the verb has any."""

    number: int
    verb: Change.Verb
    field: str = ""
    old: Any = None
    new: Any = None


def record(*entries: Entry, by: User | None, via: Change.Via, at: datetime | None = None) -> None:
    """Write the entries down. `by` None is the system itself; `at` is now unless given."""
    moment = at or timezone.now()
    Change.objects.bulk_create(
        Change(
            number=entry.number,
            verb=entry.verb,
            field=entry.field,
            old=as_json(entry.old),
            new=as_json(entry.new),
            by=by,
            via=via,
            at=moment,
        )
        for entry in entries
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
