"""Statements that come again and again: the server keeps them parsed, and they are sent by libpq itself.

A cursor finds out anew each time what is to be sent, and waits for the answer in Python: for a statement of a lead
that takes longer than PostgreSQL does. Values go in and come out as psycopg's own cursors have it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

FINE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class KeptStatements:
    """Those of one connection. A text with other types of its parameters is another statement."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        # psycopg itself is to keep none: nearly each statement of Django's is another text, and it kept the last
        # hundred, however long.
        self.threshold, connection.prepare_threshold = connection.prepare_threshold, None
        self.times: Counter[tuple[str, tuple[int, ...]]] = Counter()
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}

    def run(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows that a statement with a %s for each parameter returns; psycopg's error where it fails."""
        libpq, adapter = self.connection.pgconn, Transformer(self.connection)
        values: Any = adapter.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        if not self.connection.autocommit and libpq.transaction_status == TransactionStatus.IDLE:
            self._checked(libpq.exec_(self._begin()))
        name = self._name(sql, adapter.types or ())
        if name is None:
            result = libpq.exec_params(numbered(sql), values, adapter.types, adapter.formats)
        else:
            result = libpq.exec_prepared(name, values, adapter.formats)
        adapter.set_pgresult(self._checked(result))
        return adapter.load_rows(0, result.ntuples, tuple)

    def _begin(self) -> bytes:
        level = self.connection.isolation_level
        return f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}".encode() if level is not None else b"BEGIN"

    def _name(self, sql: str, types: tuple[int, ...]) -> bytes | None:
        """By which the server knows the statement; None where it has not come often enough to be kept."""
        key = sql, types
        if name := self.names.get(key):
            return name
        self.times[key] += 1
        if self.threshold is None or self.times[key] <= self.threshold:
            return None
        name = f"kept_{len(self.names)}".encode()
        self._checked(self.connection.pgconn.prepare(name, numbered(sql), types))
        self.names[key] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in FINE:
            return result
        encoding = self.connection.info.encoding
        if self.connection.pgconn.status == ConnStatus.BAD:
            raise OperationalError(result.get_error_message(encoding))
        raise error_from_result(result, encoding=encoding)


@lru_cache(maxsize=1000)
def numbered(sql: str) -> bytes:
    """As libpq has it: "a = $1 AND b LIKE '%'" for "a = %s AND b LIKE '%%'"."""
    places = count(1)
    return re.sub("%[s%]", lambda mark: f"${next(places)}" if mark[0] == "%s" else "%", sql).encode()
