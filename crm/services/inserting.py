"""New rows, by statements that are put together once: Django takes longer to put an INSERT together than the database
to carry it out.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, DateField, DateTimeField, Field, Model

from crm.models.number import NumberField, take_numbers
from crm.models.prepared import run_kept

# SQLite takes 32,766 values a statement, and no table has 60 columns.
ROWS_AT_ONCE = 500

NOT_DURABLE = "SELECT set_config('synchronous_commit', 'off', true) AS level"


def insert(*rows: Model, durable: bool = True) -> None:
    """Insert new rows, of any tables; as after `save`, they know their keys. No signal is sent.

    PostgreSQL gets those of all tables by one statement, up to ROWS_AT_ONCE. Foreign keys are looked at when the
    transaction ends, so the order of the rows is that of their keys and no more.

    Without `durable` nothing waits for the disk: the rows may be lost by a power cut of this moment. Within a
    transaction that is for whoever commits it to say.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    _number(rows, connection)
    waiting: Waiting | None = vars(connection).get("rows_together")
    if waiting is not None:
        waiting.rows.extend(rows)
        return
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first : first + ROWS_AT_ONCE]
        inserts = [(_Table.of(*shape), list(alike)) for shape, alike in groupby(some, key=_shape)]
        if connection.vendor == "postgresql":
            _by_one_statement(inserts, connection, durable=durable)
        elif durable or connection.in_atomic_block:
            _by_one_each(inserts, connection)
        else:
            with _not_waiting_for_the_disk(connection):
                _by_one_each(inserts, connection)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


class Waiting:
    """What is inserted at the end of `together`."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.rows: list[Model] = []
        # Rows to be copied, by what they are copied for.
        self.copied: dict[tuple[type[Model], str, tuple[int, ...], bool], list[Model]] = {}

    def insert(self) -> None:
        """Insert at once what waits by now: somebody is about to read it."""
        around = vars(self.connection)["rows_together"]
        vars(self.connection)["rows_together"] = None
        try:
            rows, self.rows = self.rows, []
            copied, self.copied = self.copied, {}
            insert(*sorted(rows, key=lambda row: row._meta.label))
            for (_model, name, keys, ignoring_doubles), alike in copied.items():
                _copy(alike, name, keys, self.connection, ignoring_doubles=ignoring_doubles)
        finally:
            vars(self.connection)["rows_together"] = around


@contextmanager
def together() -> Iterator[Waiting]:
    """What is inserted within is inserted at its end, by one statement where the database lets.

    For what nobody reads until then. Until then, too, only rows of the one number sequence know their keys.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    around: Waiting | None = vars(connection).get("rows_together")
    if around is not None:  # a service within a service
        yield around
        return
    waiting = vars(connection)["rows_together"] = Waiting(connection)
    try:
        yield waiting
        waiting.insert()
    finally:
        vars(connection)["rows_together"] = None


def insert_for_each(row: Model, name: str, keys: Sequence[int], *, ignoring_doubles: bool = False) -> None:
    """Insert a copy of `row` for each of `keys`, which stand in its foreign key `name`: one statement, however many.

    With `ignoring_doubles` a copy that a unique constraint does not let in is left out.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    waiting: Waiting | None = vars(connection).get("rows_together")
    if waiting is None:
        _copy([row], name, keys, connection, ignoring_doubles=ignoring_doubles)
    else:
        waiting.copied.setdefault((type(row), name, tuple(keys), ignoring_doubles), []).append(row)


def _copy(
    rows: Sequence[Model], name: str, keys: Sequence[int], connection: BaseDatabaseWrapper, *, ignoring_doubles: bool
) -> None:
    """The copies of rows of one table for the same keys."""
    table = _Table.of(*_shape(rows[0]))
    varied = rows[0]._meta.get_field(name)
    if connection.vendor == "postgresql":
        values = [f"rows.{connection.ops.quote_name(one.column)}" for one in table.fields]
        source = f"json_populate_recordset(NULL::{table.name}, %s) AS rows, unnest(%s::bigint[]) AS keys(value)"
        given: list[Any] = [table.as_json(rows, connection), list(keys)]
    else:
        values = [f"json_extract(rows.value, '$[{place}]')" for place in range(len(table.fields))]
        source = "json_each(%s) AS rows, json_each(%s) AS keys"
        given = [json.dumps([table.values(row, connection) for row in rows]), json.dumps(list(keys))]
    values[table.fields.index(varied)] = "keys.value"
    # SQLite reads ON CONFLICT behind a SELECT as the condition of a join, unless there is a WHERE.
    ending = "WHERE TRUE ON CONFLICT DO NOTHING" if ignoring_doubles else ""
    run_kept(connection, " ".join((table.beginning, "SELECT", ", ".join(values), "FROM", source, ending)), given)


def _number(rows: Sequence[Model], connection: BaseDatabaseWrapper) -> None:
    """Give those of the one sequence the numbers that they lack."""
    unnumbered = [row for row in rows if row.pk is None and isinstance(row._meta.pk, NumberField)]
    if unnumbered:
        for row, number in zip(unnumbered, take_numbers(len(unnumbered), using=connection.alias), strict=True):
            row.pk = number


def _shape(row: Model) -> tuple[type[Model], bool]:
    """What rows of one INSERT have in common: their model, and whether they bring their keys."""
    return type(row), row.pk is not None


@dataclass(frozen=True, eq=False)
class _Table:
    """How rows of one shape are inserted; its texts are SQL."""

    name: str
    fields: tuple[Field[Any, Any], ...]
    columns: str
    # What a row has of its fields, as it stands, and those that say something of their own when it is saved.
    values_of: Callable[[Model], Sequence[Any]]
    own: tuple[Field[Any, Any], ...]
    key: str
    # Whether the database gives the rows their keys.
    gives_keys: bool

    @classmethod
    @cache
    def of(cls, model: type[Model], has_key: bool) -> "_Table":  # noqa: FBT001  (a part of a shape)
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        fields = tuple(one for one in model._meta.concrete_fields if has_key or not isinstance(one, AutoField))
        assert model._meta.pk is not None
        return cls(
            name=quote(model._meta.db_table),
            fields=fields,
            columns=", ".join(quote(one.column) for one in fields),
            values_of=attrgetter(*(one.attname for one in fields)),
            own=tuple(one for one in fields if not _is_saved_as_it_stands(one)),
            key=quote(model._meta.pk.column),
            gives_keys=not has_key,
        )

    @property
    def beginning(self) -> str:
        return f"INSERT INTO {self.name} ({self.columns})"

    @property
    def returning(self) -> str:
        return f" RETURNING {self.key}" if self.gives_keys else ""

    def values(self, row: Model, connection: BaseDatabaseWrapper) -> list[Any]:
        return [one.get_db_prep_save(one.pre_save(row, add=True), connection) for one in self.fields]

    def as_json(self, rows: Sequence[Model], connection: BaseDatabaseWrapper) -> str:
        """PostgreSQL reads each value as a text of its column's type: most need no preparing by their fields."""
        columns = [one.column for one in self.fields]
        values = [dict(zip(columns, self.values_of(row), strict=True)) for row in rows]
        for row, given in zip(rows, values, strict=True):
            for one in self.own:
                given[one.column] = one.get_db_prep_save(one.pre_save(row, add=True), connection)
        # A moment as Python writes it: orjson leaves out the seconds that a zone of a hundred years ago had.
        return orjson.dumps(values, default=str, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _is_saved_as_it_stands(field: Field[Any, Any]) -> bool:
    """Whether what is saved is what the row has."""
    of_django = type(field).pre_save in (Field.pre_save, DateField.pre_save, DateTimeField.pre_save)
    return of_django and not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False)


_Inserts = Sequence[tuple[_Table, Sequence[Model]]]


def _by_one_statement(inserts: _Inserts, connection: BaseDatabaseWrapper, *, durable: bool) -> None:
    """The rows of each table are one value, a JSON, so that the statement is the same however many they are."""
    statement = _statement(tuple(table for table, _rows in inserts), durable)
    given = run_kept(connection, statement, [table.as_json(rows, connection) for table, rows in inserts])
    asked = [row for table, rows in inserts if table.gives_keys for row in rows]
    for row, (key,) in zip(asked, given, strict=True):
        row.pk = key


@cache
def _statement(tables: tuple[_Table, ...], durable: bool) -> str:  # noqa: FBT001  (of a key, as it were)
    """Each INSERT in a WITH of its own; the keys that the database gives come back in the order of the rows."""
    parts, keys = [], []
    for place, table in enumerate(tables):
        source = f"SELECT {table.columns} FROM json_populate_recordset(NULL::{table.name}, %s)"  # noqa: S608
        parts.append(f"i{place} AS ({table.beginning} {source}{table.returning})")
        if table.gives_keys:
            keys.append(f"SELECT {table.key} FROM i{place}")  # noqa: S608
    if not durable:
        parts.append(f"loose AS ({NOT_DURABLE})")
        keys.append("SELECT 0 FROM loose WHERE level = ''")  # to be carried out it must be asked for
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(keys) or 'SELECT 0 WHERE FALSE'}"


def _by_one_each(inserts: _Inserts, connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for table, rows in inserts:
            marks = f"({', '.join(['%s'] * len(table.fields))})"
            statement = f"{table.beginning} VALUES {', '.join([marks] * len(rows))}{table.returning}"
            cursor.execute(statement, [value for row in rows for value in table.values(row, connection)])
            if table.gives_keys:
                for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                    row.pk = key


@contextmanager
def _not_waiting_for_the_disk(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """On SQLite; PostgreSQL is told in the statement itself."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        [(level,)] = cursor.fetchall()
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous={level:d}")
