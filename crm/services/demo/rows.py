"""Rows to be, gathered for loading in bulk: tuples of what a database driver takes as it is.

A million model instances would cost more than the loading itself. Foreign keys are ids, moments and JSON are text.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db.models import Model

from crm.models import Call, Change, Client, Contact, Deal, FieldValue, Message, StatusStay, Task

# What a row of each model holds and in which order. A model stands behind those that it refers to.
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Client: (
        "id",
        "name",
        "company",
        "manager",
        "notes",
        "created_at",
        "changed_at",
        "merged_into",
        "trashed_at",
        "version",
        "search_text",
    ),
    Contact: ("client", "kind", "entered", "normalised", "position"),
    Deal: (
        "id",
        "title",
        "client",
        "status",
        "manager",
        "price",
        "cost",
        "visit",
        "created_at",
        "created_by",
        "changed_at",
        "lost_reason",
        "closed_at",
        "extra",
        "trashed_at",
        "status_before_trash",
        "order_json",
        "order_scheme",
        "search_text",
        "has_source",
    ),
    FieldValue: ("deal", "field", "text", "key", "number", "date"),
    StatusStay: ("deal", "status", "entered_at", "left_at"),
    Call: (
        "id",
        "account",
        "outside_id",
        "deal",
        "client",
        "manager",
        "direction",
        "status",
        "raw_status",
        "caller",
        "callee",
        "started_at",
        "duration",
        "file_url",
        "visit",
        "marker",
        "unread",
    ),
    Message: ("id", "deal", "client", "call", "title", "text", "author", "created_at"),
    Task: (
        "id",
        "deal",
        "client",
        "call",
        "text",
        "assignee",
        "author",
        "created_at",
        "due_at",
        "all_day",
        "done_at",
        "done_by",
    ),
    Change: ("number", "at", "by", "via", "verb", "field", "old", "new", "batch"),
}

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (both databases take a moment in UTC as text without a zone)


def stamp(moment: int) -> str:
    """A moment, in UNIX seconds, as both databases take it."""
    return str(EPOCH + timedelta(seconds=moment))


class Rows:
    """The rows of a chunk of deals."""

    def __init__(self, *, batch: int, service: int | None = None) -> None:
        self._batch = batch
        # How it was written by whom; all others are people at the pages.
        self._ways = {service: Change.Via.PROTOCOL} | {None: Change.Via.SYSTEM}
        self._rows: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model in COLUMNS}

    def add(self, model: type[Model], *values: Any) -> None:
        self._rows[model].append(values)

    def add_change(
        self,
        number: int,
        verb: Change.Verb,
        *,
        at: str,
        by: int | None,
        field: str = "",
        old: int | str | None = None,
        new: int | str | None = None,
    ) -> None:
        """A fact of history; one without a person is the system's. `field` comes with both of its values."""
        via = self._ways.get(by, Change.Via.WEB)
        before, after = (orjson.dumps(old).decode(), orjson.dumps(new).decode()) if field else (None, None)
        self._rows[Change].append((number, at, by, via.value, verb.value, field, before, after, self._batch))

    def take(self) -> Iterator[tuple[type[Model], list[tuple[Any, ...]]]]:
        """What was gathered, model by model; it is gathered no more."""
        for model, rows in self._rows.items():
            yield model, rows
            self._rows[model] = []
