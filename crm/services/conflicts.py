"""Two people on one record: nothing is silently overwritten."""

from collections.abc import Iterable
from typing import Any

from crm.models import Change
from crm.services.history import changes_since


class Conflict(Exception):  # noqa: N818  (what it is called in the house; it is nobody's error)
    """Somebody else has changed a field since whoever saves it now saw it; nothing was written.

    `change` tells who and when, where the history says so.
    """

    def __init__(self, field: str, theirs: Any, change: Change | None = None) -> None:
        super().__init__(f"{field} has changed meanwhile")
        self.field = field
        self.theirs = theirs
        self.change = change


def demand_unchanged(field: str, before: Any, *, now: Any, new: Any) -> None:
    """Conflict unless a locked row's value is still the one seen before, or already the new one."""
    if now not in (before, new):
        raise Conflict(field, now)


def demand_seen(number: int, fields: Iterable[str], *, seen: int | None) -> None:
    """Conflict if the locked record `number` has a Change of one of the fields later than the one `seen`.

    `seen` is what `last_change` said when the values were shown; None is a writer who need not have seen any.
    """
    if seen is None:
        return
    change = changes_since(number, seen, fields).first()
    if change is not None:
        raise Conflict(change.field, change.new, change)
