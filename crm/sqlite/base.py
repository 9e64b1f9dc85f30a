"""Who wants to write to SQLite while another does is put to sleep by it, tries again, and sleeps longer each time: of
many writers some come at once and some after seconds.

Here they stand in a queue that the operating system keeps: a lock on a file of its own, beside the database. The next
one goes on at the moment that it is free, and who dies in it frees it. Whoever writes to the database without the
queue, with the `sqlite3` shell for one, waits and is waited for as ever.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

SUFFIX = "-writers"
# What a statement that writes begins with, in Django's SQL and in ours.
WRITES = ("INSERT", "UPDATE", "DELETE")


class DatabaseWrapper(base.DatabaseWrapper):
    # The file that is locked, open as long as the connection is.
    queue: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        # All transactions are IMMEDIATE (settings): whoever begins one is the writer from here on.
        self.take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self.end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self.end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            if self.queue is not None:
                os.close(self.queue)  # and with it goes the lock
                self.queue = None

    def create_cursor(self, name: str | None = None) -> "Cursor":
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def take_turn(self) -> None:
        """Wait until nobody else writes."""
        if self.is_in_memory_db():
            return
        if self.queue is None:
            self.queue = open_queue(self.settings_dict["NAME"])
        fcntl.flock(self.queue, fcntl.LOCK_EX)

    def end_turn(self) -> None:
        if self.queue is not None:
            fcntl.flock(self.queue, fcntl.LOCK_UN)


def open_queue(database: str | Path) -> int:
    """The file to lock, made where it is missing. It is for whom the database is for, as SQLite's own files beside it:
    a command that root once gave must not shut the server out.
    """
    owner = Path(database).stat()
    queue = os.open(f"{database}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, stat.S_IMODE(owner.st_mode))
    if os.geteuid() == 0:
        os.fchown(queue, owner.st_uid, owner.st_gid)
    return queue


class Cursor(base.SQLiteCursorWrapper):
    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self._turn_for(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._turn_for(query):
            return super().executemany(query, param_list)

    def _turn_for(self, query: str) -> AbstractContextManager[None]:
        """A turn where the statement is a write and a transaction by itself."""
        is_alone = query.startswith(WRITES) and not self.connection.in_transaction
        return self._turn() if is_alone else nullcontext()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self.wrapper.take_turn()
        try:
            yield
        finally:
            self.wrapper.end_turn()
