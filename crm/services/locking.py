"""Locks on things that have no row yet, such as the client whom two leads are about to make."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import transaction

from crm.models.prepared import run_kept


def lock(*names: str) -> None:
    """Hold the named locks until the transaction ends; whoever else asks for one of them waits.

    Taken in one order, so that two callers with the same names cannot wait for each other. On SQLite every transaction
    holds the one write lock already (settings: IMMEDIATE).
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock() needs a transaction to hold the lock for.")
    lacking = set(names).difference(vars(connection).get("locks_held", ()))
    if connection.vendor != "postgresql" or not lacking:
        return
    keys = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True) for name in lacking]
    run_kept(connection, "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS keys(key)", [sorted(keys)])


@contextmanager
def holding(*names: str) -> Iterator[None]:
    """Take the named locks at once; who asks for one of them within need not ask the database again."""
    lock(*names)
    connection = transaction.get_connection()
    before = vars(connection).get("locks_held", frozenset())
    vars(connection)["locks_held"] = before.union(names)
    try:
        yield
    finally:
        vars(connection)["locks_held"] = before
