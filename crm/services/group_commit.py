"""Group commit: what several threads want to write at the same time goes into one transaction.

To begin, to lock, to read the settings, to insert and to commit costs the same for one lead and for many. Nobody waits
for others to come: who finds nobody at it begins at once, and takes along whoever has come by then. While one group
waits for the disk, the next one is at work.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import Any, TypeVar, cast

from django.db import transaction
from django.db.models import Model
from django.utils import translation

from crm.models.number import reserving
from crm.models.remembering import remembering
from crm.services.atomic import atomic
from crm.services.inserting import insert, together
from crm.services.locking import holding

Given = TypeVar("Given")


def write(work: Callable[[], Given], *, locks: Sequence[str] = (), numbers: int = 0) -> Given:
    """What `work` returns, carried out in a transaction with that of others in this process. The named locks are held,
    and so many numbers are taken for it beforehand.

    It may be carried out by another thread, and again by itself where one of the others fails: beside the database it
    changes nothing. Its rows are inserted when all have run, or before another with one of its locks does. In a
    transaction of the caller's own it is a part of that one.
    """
    one = _Work(work, locks, numbers)
    if transaction.get_connection().in_atomic_block:
        one.write_alone()
        return cast("Given", one.given)
    _works.append(one)
    _turn.acquire()
    if one.is_taken:
        _turn.release()
        one.is_done.wait()
    else:
        _write_all()
        _insert_rows_left()
    if one.error is not None:
        raise one.error
    return cast("Given", one.given)


def insert_soon(row: Model, *, then: Callable[[Exception | None], None]) -> None:
    """Insert a row that a power cut of this moment may lose: at once, or with what is written next, where somebody is
    writing. `then` learns how it went; the row knows its key by then.
    """
    one = _Row(row, then)
    if transaction.get_connection().in_atomic_block:
        one.end(_error_of(one.insert))
        return
    _rows.append(one)
    _insert_rows_left()


@dataclass(eq=False)
class _Work:
    """Somebody waits for it."""

    write: Callable[[], Any]
    locks: Sequence[str]
    numbers: int
    # Of whoever asked.
    language: str | None = field(default_factory=translation.get_language)
    is_taken: bool = False
    is_done: Event = field(default_factory=Event)
    given: Any = None
    error: Exception | None = None

    def write_alone(self) -> None:
        _write_alone([self], [])

    def end(self, error: Exception | None) -> None:
        self.error = error
        self.is_done.set()


@dataclass(eq=False)
class _Row:
    """Nobody waits for it."""

    row: Model
    then: Callable[[Exception | None], None]

    def insert(self) -> None:
        insert(self.row, durable=False)

    def end(self, error: Exception | None) -> None:
        self.then(error)


_works: deque[_Work] = deque()
_rows: deque[_Row] = deque()
# Who has it takes all that is there, and gives it on when only the commit is left.
_turn = Lock()


def _write_all() -> None:
    """For who has the turn, and a work among those that are there."""
    works: list[_Work] = []
    rows: list[_Row] = []

    def take() -> None:
        works.extend(_taken(_works))
        rows.extend(_taken(_rows))
        for one in works:
            one.is_taken = True

    with ExitStack() as turn:
        turn.callback(_turn.release)

        @atomic
        def write_together() -> None:
            # On SQLite to begin is to wait for the writer before: so much the more have come by then.
            take()
            _write(works, rows)
            turn.close()

        error = _error_of(write_together)
        if not works:  # it could not even begin
            take()
    was_of_others = error is not None and len(works) + len(rows) > 1  # perhaps: each is tried by itself
    for work in works:
        work.end(_error_of(work.write_alone) if was_of_others else error)
    for row in rows:
        row.end(_error_of(row.insert) if was_of_others else error)


def _insert_rows_left() -> None:
    """Who goes looks whether rows have come that nobody will take along."""
    while _rows and not _works and _turn.acquire(blocking=False):
        try:
            rows = _taken(_rows)
            error = _error_of(partial(insert, *(one.row for one in rows), durable=False))
        finally:
            _turn.release()
        for one in rows:
            one.end(error)


def _write(works: Sequence[_Work], rows: Sequence[_Row]) -> None:
    met: set[str] = set()
    locks, numbers = [name for one in works for name in one.locks], sum(one.numbers for one in works)
    with holding(*locks), reserving(numbers), remembering(), together() as waiting:
        for one in works:
            if not met.isdisjoint(one.locks):
                waiting.insert()
            met.update(one.locks)
            with translation.override(one.language):
                one.given = one.write()
        insert(*(one.row for one in rows))


_write_alone = atomic(_write)


def _taken(those: deque[Any]) -> list[Any]:
    return [those.popleft() for _ in range(len(those))]


def _error_of(what: Callable[[], None]) -> Exception | None:
    try:
        what()
    except Exception as error:  # it goes to whom it belongs
        return error
    return None
