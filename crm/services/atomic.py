"""One service, one transaction."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Taken = ParamSpec("Taken")
Given = TypeVar("Given")


def atomic(service: Callable[Taken, Given]) -> Callable[Taken, Given]:
    """As `transaction.atomic`; but what a service does by others is part of it, and needs no savepoint of its own.

    A lead is five services: their savepoints were every third statement of it. No service goes on after one that it
    called has failed.
    """

    @wraps(service)
    def carried_out(*args: Taken.args, **kwargs: Taken.kwargs) -> Given:
        connection = transaction.get_connection()
        if vars(connection).get("is_in_service"):
            return service(*args, **kwargs)
        with transaction.atomic():
            vars(connection)["is_in_service"] = True
            try:
                return service(*args, **kwargs)
            finally:
                vars(connection)["is_in_service"] = False

    return carried_out
