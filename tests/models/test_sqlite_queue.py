"""The queue in front of SQLite's one writer: whoever writes holds its lock, and everybody gives it back."""

import fcntl
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from crm.models import Batch
from crm.sqlite.base import SUFFIX, open_queue

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="what only SQLite does"),
]


def is_taken() -> bool:
    with Path(f"{connection.settings_dict['NAME']}{SUFFIX}").open("a") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def taken_at() -> Iterator[dict[str, bool]]:
    """Whether the lock was held when a statement was carried out, by the statement's first word."""
    seen: dict[str, bool] = {}
    connection.ensure_connection()
    connection.connection.set_trace_callback(lambda sql: seen.setdefault(sql.split()[0], is_taken()))
    yield seen
    connection.connection.set_trace_callback(None)


def test_a_transaction_holds_it_from_its_beginning_to_its_end(taken_at: dict[str, bool]) -> None:
    with transaction.atomic():
        assert is_taken()
        Batch.objects.create(kind="a")

    assert taken_at == {"BEGIN": True, "INSERT": True, "COMMIT": True}
    assert not is_taken()


@pytest.mark.parametrize(
    ("word", "write"),
    [
        ("INSERT", lambda: Batch(kind="a").save()),
        ("UPDATE", lambda: Batch.objects.update(kind="b")),
        ("DELETE", lambda: Batch.objects.all()._raw_delete("default")),
    ],
)
def test_a_write_by_itself_holds_it(word: str, write: Callable[[], Any], taken_at: dict[str, bool]) -> None:
    write()

    assert taken_at[word]
    assert not is_taken()


def test_who_only_reads_waits_for_nobody(taken_at: dict[str, bool]) -> None:
    assert not Batch.objects.exists()

    assert taken_at == {"SELECT": False}


def test_it_is_given_back_by_what_fails() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(kind=None)  # type: ignore[misc]  # that it is refused is the point
    assert not is_taken()

    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    assert not is_taken()


def test_it_is_given_back_by_a_connection_that_is_closed() -> None:
    def leave_in_the_midst() -> None:
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        held.append(is_taken())
        connection.close()

    held: list[bool] = []
    thread = threading.Thread(target=leave_in_the_midst)
    thread.start()
    thread.join()

    assert held == [True]
    assert not is_taken()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_makes_is_for_whom_the_database_is_for(tmp_path: Path) -> None:
    database = tmp_path / "crm.sqlite3"
    database.touch(mode=0o640)
    os.chown(database, 1234, 2345)

    os.close(open_queue(database))

    made = Path(f"{database}{SUFFIX}").stat()
    assert (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) == (1234, 2345, 0o640)


def test_many_writers_write_one_after_the_other() -> None:
    def write() -> None:
        for _ in range(20):
            with transaction.atomic():
                inside.append(1)
                most.append(len(inside))
                Batch.objects.create(kind="a")
                inside.pop()
        connection.close()

    inside, most = list[int](), list[int]()
    writers = [threading.Thread(target=write) for _ in range(8)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()

    assert Batch.objects.count() == 160
    assert max(most) == 1
