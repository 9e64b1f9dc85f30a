"""What is read once for several writes of one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

Given = TypeVar("Given")


def remembered(read: Callable[[], Given]) -> Callable[[], Given]:
    """A function whose first answer within `remembering` stands for the others."""

    @wraps(read)
    def answer() -> Given:
        known: dict[Any, Given] | None = vars(connections[DEFAULT_DB_ALIAS]).get("remembered")
        if known is None:
            return read()
        if read not in known:
            known[read] = read()
        return known[read]

    return answer


@contextmanager
def remembering() -> Iterator[None]:
    """Within, what is `remembered` is read once. For a part of a transaction that asks for no more than it found."""
    connection = connections[DEFAULT_DB_ALIAS]
    vars(connection)["remembered"] = {}
    try:
        yield
    finally:
        vars(connection)["remembered"] = None
