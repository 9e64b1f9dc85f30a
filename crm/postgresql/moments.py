"""PostgreSQL's moments, read by the driver itself.

Django reads each in Python, for the sake of zones other than UTC, and a page of cards has a thousand of them. Ours are
UTC, as the connection is: the driver's own loader, which is in C, makes the same of them in a tenth of the time.
"""

from datetime import UTC
from functools import cache
from typing import Any

from psycopg import adapters
from psycopg.pq import Format


@cache
def moments() -> "_Moments":
    """One for all connections: psycopg remembers each that it has met."""
    return _Moments()


class _Moments:
    """Stands where psycopg looks for the class of a loader, and makes the driver's own; that one is in C and cannot be
    inherited from. By its `timezone` Django knows it for the loader that it wants.
    """

    timezone = UTC

    def __init__(self) -> None:
        self.format = Format.TEXT
        self.loader: Any = adapters.get_loader(adapters.types["timestamptz"].oid, self.format)

    def __call__(self, oid: int, connection: Any) -> Any:
        return self.loader(oid, connection)
