"""The one number sequence that deals, clients, messages, tasks and calls share, so that a number names one thing.

PostgreSQL keeps it as a sequence, SQLite as a row that an upsert moves on; the first migration makes either.
"""

import json
from array import array
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from crm.models.prepared import run_kept

SEQUENCE = "crm_number"
# The largest number that the databases' integers hold.
LARGEST = 2**63 - 1


def take_numbers(count: int, *, using: str) -> list[int]:
    """Take the next `count` numbers of the sequence for good, in ascending order."""
    connection = connections[using]
    reserved: deque[int] | None = vars(connection).get("numbers_reserved")
    if reserved is not None and len(reserved) >= count:
        return [reserved.popleft() for _ in range(count)]
    if connection.vendor == "postgresql":
        taken = run_kept(connection, f"SELECT nextval('{SEQUENCE}') FROM generate_series(1, %s)", [count])
        return sorted(number for (number,) in taken)
    [(last,)] = run_kept(
        connection,
        f"INSERT INTO {SEQUENCE} (id, value) VALUES (1, %s)"
        " ON CONFLICT (id) DO UPDATE SET value = value + excluded.value RETURNING value",
        [count],
    )
    return list(range(last - count + 1, last + 1))


@contextmanager
def reserving(count: int) -> Iterator[None]:
    """Take so many numbers at once, and give of those to whoever takes some within. What is left names nothing."""
    connection = connections[DEFAULT_DB_ALIAS]
    vars(connection)["numbers_reserved"] = deque(take_numbers(count, using=DEFAULT_DB_ALIAS) if count else ())
    try:
        yield
    finally:
        vars(connection)["numbers_reserved"] = None


def next_number() -> int:
    """Take the next number of the sequence: for a row that others are written with."""
    [number] = take_numbers(1, using=DEFAULT_DB_ALIAS)
    return number


if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int | None, int]
    _Lookup = Lookup[Any]
else:  # Django's own are generic for the type checker alone
    _BigInteger = models.BigIntegerField
    _Lookup = Lookup


class NumberField(_BigInteger):
    """A primary key that takes its value from the number sequence when the row is saved."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"primary_key": True, "editable": False})

    def has_default(self) -> bool:
        # Tells Django that a new row is to be inserted, not tried as an UPDATE first.
        return True

    def get_default(self) -> None:
        return None

    def get_pk_value_on_save(self, instance: models.Model) -> int:
        [number] = take_numbers(1, using=router.db_for_write(type(instance), instance=instance))
        return number


@NumberField.register_lookup
class Among(_Lookup):
    """`pk__among=[…]`: as `pk__in`, its numbers one parameter instead of one each.

    A thousand parameters cost more to bind than the thousand rows to read. Django looks at each item of a list in
    turn; an array of numbers it takes as it is.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        numbers = list(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*parameters, numbers]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(numbers)]


Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class NumberedRows(Generic[Row]):
    """Rows whose numbers are known in the order in which they are shown: some of them are read by their own alone.

    `rows` are put in that order by themselves.
    """

    rows: models.QuerySet[Row]
    numbers: Sequence[int]

    def count(self) -> int:
        return len(self.numbers)

    def __getitem__(self, part: slice) -> models.QuerySet[Row]:
        return self.rows.filter(pk__among=self.numbers[part])


# Numbers that lie this close together are quicker read as one range.
NEAR = 20


def span(numbers: Collection[int]) -> tuple[int, int] | None:
    """The first and the last of numbers that lie close together."""
    if not numbers:
        return None
    first, last = min(numbers), max(numbers)
    return (first, last) if last - first < NEAR * len(numbers) else None


class NumberedQuerySet(models.QuerySet[Row]):
    def covering(self, numbers: Collection[int]) -> Self:
        """The rows with these numbers, however many; where they lie close together, also what lies between them."""
        near = span(numbers)
        return self.filter(pk__range=near) if near else self.filter(pk__among=numbers)

    def meeting_any(self, conditions: Sequence[Q]) -> Self:
        """The rows that meet one of the conditions. Joined by OR they would keep each other's index from use."""
        first, *others = (self.model._default_manager.filter(one).order_by().values("pk") for one in conditions)
        return self.filter(pk__in=first.union(*others))

    def newest_meeting_any(self, conditions: Sequence[Q], limit: int) -> "array[int]":
        """Numbers of the newest rows that meet one of the conditions, in descending order.

        Each is looked for from the newest row on, so where many rows meet it, the looking ends early.
        """
        newest = [self.filter(one).order_by("-pk").values_list("pk", flat=True)[:limit] for one in conditions]
        if len(newest) == 1:
            return array("q", newest[0])
        if not connections[self.db].features.supports_slicing_ordering_in_compound:
            # SQLite takes no slice as a part of a union, but may have one within it.
            rows = self.model._default_manager.order_by()
            newest = [rows.filter(pk__in=numbers).values_list("pk", flat=True) for numbers in newest]
        first, *others = newest
        return array("q", first.union(*others).order_by("-pk")[:limit])

    def bulk_create(self, objs: Iterable[Row], *args: Any, **options: Any) -> list[Row]:
        """As Django's; the rows without a number take theirs in one block."""
        rows = list(objs)
        unnumbered = [row for row in rows if row.pk is None]
        if unnumbered:
            for row, number in zip(unnumbered, take_numbers(len(unnumbered), using=self.db), strict=True):
                row.pk = number
        return super().bulk_create(rows, *args, **options)
