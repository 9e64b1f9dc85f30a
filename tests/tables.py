"""What the migrations put into the tables, put back behind a test that committed.

Django's own way, to truncate the tables and to save each row by its model before and after a test, takes PostgreSQL
half a second; there are hundreds of such tests.
"""

import json
import time
from typing import Any, ClassVar

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

ATTEMPTS = 4


class FirstRows:
    """Table → its rows as they were when the database was made."""

    tables: ClassVar[dict[str, Any]] = {}

    @classmethod
    def read(cls) -> None:
        cls.tables = {table: _read(table) for table in connection.introspection.django_table_names(only_existing=True)}

    @classmethod
    def put_back(cls, *_arguments: object) -> None:
        """As `TransactionTestCase._fixture_teardown`. What a page asked for last may still be under way: it and this
        can lock each other out, and PostgreSQL lets one of them go.
        """
        for _attempt in range(ATTEMPTS - 1):
            try:
                return cls._put_back()
            except OperationalError:
                time.sleep(0.1)
        return cls._put_back()

    @classmethod
    def _put_back(cls) -> None:
        """In a transaction: keys are compared when all rows are there."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in cls.tables:
                cursor.execute(f'DELETE FROM "{table}"')
            for table, rows in cls.tables.items():
                _write(table, rows)


def empty_quickly() -> None:
    """Let all tests that commit be followed by `FirstRows.put_back`."""
    TransactionTestCase._fixture_teardown = FirstRows.put_back  # type: ignore[attr-defined]


def _read(table: str) -> Any:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'SELECT json_agg(one) FROM "{table}" one')
            return cursor.fetchone()[0]
        cursor.execute(f'SELECT * FROM "{table}"')
        return cursor.fetchall()


def _write(table: str, rows: Any) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", %s)'
            cursor.execute(sql, [rows if isinstance(rows, str) else json.dumps(rows)])
        else:
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)
