"""Group commit: what several threads want to write at the same time goes into one transaction.

To begin, to lock, to read the settings, to insert and to commit costs the same for one lead and for many. Nobody waits
for others to come: who finds nobody at it begins at once, and takes along whoever has come by then. While one group
waits for the disk, the next one is at work.
"""

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
    if not _turn.begins_with(one):
        one.woken.wait()
    if not one.is_taken:
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
    _turn.let_wait(one)
    _insert_rows_left()


@dataclass(eq=False)
class _Work:
    """Somebody waits for it: he is woken when it is done, or when it is his turn to do it."""

    write: Callable[[], Any]
    locks: Sequence[str]
    numbers: int
    # Of whoever asked.
    language: str | None = field(default_factory=translation.get_language)
    woken: Event = field(default_factory=Event)
    is_taken: bool = False
    given: Any = None
    error: Exception | None = None

    def write_alone(self) -> None:
        _write_alone([self], [])

    def end(self, error: Exception | None) -> None:
        self.error = error
        self.woken.set()


@dataclass(eq=False)
class _Row:
    """Nobody waits for it."""

    row: Model
    then: Callable[[Exception | None], None]

    def insert(self) -> None:
        insert(self.row, durable=False)

    def end(self, error: Exception | None) -> None:
        self.then(error)


class _Turn:
    """What waits to be written, and the right to take it, which one thread has at a time."""

    def __init__(self) -> None:
        self.works: list[_Work] = []
        self.rows: list[_Row] = []
        self.is_held = False
        self.door = Lock()

    def begins_with(self, work: _Work) -> bool:
        """Let a work wait. Whether the turn was free, and is now of who wants it done; else he will be woken."""
        with self.door:
            self.works.append(work)
            return self._begins()

    def let_wait(self, row: _Row) -> None:
        with self.door:
            self.rows.append(row)

    def begins_for_rows(self) -> bool:
        """Whether the turn was free, and is now of who asks, and rows wait that no work will take along."""
        with self.door:
            return bool(self.rows) and not self.works and self._begins()

    def _begins(self) -> bool:
        was_free, self.is_held = not self.is_held, True
        return was_free

    def take_works(self) -> list[_Work]:
        with self.door:
            works, self.works = self.works, []
        for one in works:
            one.is_taken = True
        return works

    def take_rows(self) -> list[_Row]:
        with self.door:
            rows, self.rows = self.rows, []
        return rows

    def give_on(self) -> None:
        """Wake the first of those whose works wait: the turn is his."""
        with self.door:
            if self.works:
                self.works[0].woken.set()
            else:
                self.is_held = False


_turn = _Turn()


def _write_all() -> None:
    """For who has the turn and a work that waits. All that waits is taken; when only the commit is left the turn is
    given on.
    """
    works: list[_Work] = []
    rows: list[_Row] = []
    with ExitStack() as turn:
        turn.callback(_turn.give_on)

        @atomic
        def write_together() -> None:
            nonlocal works, rows
            # On SQLite to begin is to wait for the writer before: so much the more have come by then.
            works, rows = _turn.take_works(), _turn.take_rows()
            _write(works, rows)
            turn.close()

        error = _error_of(write_together)
        if not works:  # it could not even begin
            works, rows = _turn.take_works(), _turn.take_rows()
    _end(works, rows, error)


def _insert_rows_left() -> None:
    """Who goes looks whether rows have come that nobody will take along."""
    while _turn.begins_for_rows():
        try:
            rows = _turn.take_rows()
            error = _error_of(partial(insert, *(one.row for one in rows), durable=False))
        finally:
            _turn.give_on()
        _end([], rows, error)


def _end(works: Sequence[_Work], rows: Sequence[_Row], error: Exception | None) -> None:
    """Tell each how it went. The error of several may be that of one: each is tried by itself."""
    is_anybodys = error is not None and len(works) + len(rows) > 1
    for work in works:
        work.end(_error_of(work.write_alone) if is_anybodys else error)
    for row in rows:
        row.end(_error_of(row.insert) if is_anybodys else error)


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


def _error_of(what: Callable[[], None]) -> Exception | None:
    try:
        what()
    except Exception as error:  # it goes to whom it belongs
        return error
    return None
