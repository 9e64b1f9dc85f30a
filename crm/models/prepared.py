"""Queries whose SQL is put together once.

Django takes longer to put a small query together than the database to answer it. What each lead and each page asks for
is asked this way:

    @prepared
    def contacts_of(client: int) -> QuerySet[Contact]:
        return Contact.objects.filter(client=client)

    contacts_of(17)  # a list of Contact
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Value
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]  # not in the stubs

Taken = ParamSpec("Taken")
Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


# So many queries a connection keeps; of those of many people the oldest go.
KEPT = 300


def prepared(build: Callable[Taken, "QuerySet[Row, Item]"]) -> Callable[Taken, list[Item]]:
    """A function that runs the query which `build` returns, and gives its rows: models, with what `select_related`
    brings, or tuples of `values_list`.

    `build` is called once for each connection, with an expression in place of each argument: it may compare columns
    with them, and no more. Arguments come by position: texts, numbers and moments.
    """

    @wraps(build)
    def ask(*values: Taken.args, **named: Taken.kwargs) -> list[Item]:
        if named:
            raise TypeError(f"{build.__name__}() takes its arguments by position")
        rows: list[Item] = _plan(build, build, (), values).ask(values)
        return rows

    return ask


def prepared_for(*attributes: str) -> Callable[[Callable[Taken, "QuerySet[Row, Item]"]], Callable[Taken, list[Item]]]:
    """As `prepared`, a query for each model that comes first: `build` gets it as it is. Beside its key the query may
    hang on `attributes` of it alone.
    """

    def decorate(build: Callable[Taken, "QuerySet[Row, Item]"]) -> Callable[Taken, list[Item]]:
        @wraps(build)
        def ask(*arguments: Taken.args, **named: Taken.kwargs) -> list[Item]:
            if named:
                raise TypeError(f"{build.__name__}() takes its arguments by position")
            subject: Any = arguments[0]
            values = arguments[1:]
            key = (build, subject.pk, *(getattr(subject, name) for name in attributes))
            rows: list[Item] = _plan(key, build, (subject,), values).ask(values)
            return rows

        return ask

    return decorate


def _plan(key: Hashable, build: Callable[..., Any], subject: Sequence[Model], values: Sequence[Any]) -> "_Plan":
    connection = connections[DEFAULT_DB_ALIAS]
    # With the connection, which belongs to one thread, go the plans that hold on to it.
    plans: dict[Hashable, _Plan] = vars(connection).setdefault("prepared", {})
    plan = plans.get(key)
    if plan is None:
        if len(plans) >= KEPT:
            del plans[next(iter(plans))]
        marks = [Value(_Given(place)) for place in range(len(values))]
        plan = plans[key] = _Plan(build(*subject, *marks), connection)
    return plan


def run_kept(connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement returns which comes again and again: PostgreSQL keeps it parsed.

    Django's own cursor puts the values into the text of each statement; SQLite's keeps all statements by itself.
    """
    is_looked_at = connection.queries_logged or connection.execute_wrappers  # whoever looks is to see the values
    if connection.vendor != "postgresql" or is_looked_at:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        rows: list[tuple[Any, ...]] = vars(connection)["kept_statements"].run(sql, parameters)
        return rows


def _is_unproved(connection: Any) -> bool:
    """Whether the connection is of an earlier request, and nothing has been asked since (settings:
    CONN_HEALTH_CHECKS).
    """
    if connection.connection is None or connection.in_atomic_block:
        return False
    return bool(connection.health_check_enabled and not connection.health_check_done)


class _Given:
    """Stands in a statement's parameters for the argument at this place."""

    def __init__(self, place: int) -> None:
        self.place = place


class _Plan:
    """A compiled query, and how its rows are read: what `QuerySet` finds out anew each time."""

    def __init__(self, queryset: "QuerySet[Any, Any]", connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.compiler = compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.parameters = compiler.as_sql()
        select = compiler.select or []
        self.converters = compiler.get_converters([expression for expression, *_rest in select[: compiler.col_count]])
        self.are_tuples = queryset._fields is not None  # type: ignore[attr-defined]  # not in the stubs
        if self.are_tuples:
            return
        assert compiler.klass_info is not None
        self.model, own = compiler.klass_info["model"], compiler.klass_info["select_fields"]
        self.own = slice(own[0], own[-1] + 1)
        self.names = [expression.target.attname for expression, *_rest in select[self.own]]
        self.related = get_related_populators(compiler.klass_info, select, connection.alias)

    def ask(self, values: Sequence[Any]) -> list[Any]:
        adapted = [self.connection.ops.adapt_unknown_value(value) for value in values]
        parameters = [adapted[given.place] if isinstance(given, _Given) else given for given in self.parameters]
        rows: Iterable[Sequence[Any]] = self._fetch(parameters)
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        if self.are_tuples:
            return [tuple(row) for row in rows]
        return [self._model(row) for row in rows]

    def _fetch(self, parameters: Sequence[Any]) -> list[Any]:
        connection: Any = self.connection
        if not _is_unproved(connection):
            return run_kept(connection, self.sql, parameters)
        # The question itself shows whether the connection still stands: none need be asked for that alone.
        connection.health_check_done = True
        try:
            return run_kept(connection, self.sql, parameters)
        except OperationalError:
            if connection.is_usable():
                raise
            connection.close()
        return run_kept(connection, self.sql, parameters)

    def _model(self, row: Sequence[Any]) -> Model:
        found: Model = self.model.from_db(self.connection.alias, self.names, row[self.own])
        for one in self.related:
            one.populate(row, found)
        for name, place in self.compiler.annotation_col_map.items():
            setattr(found, name, row[place])
        return found
