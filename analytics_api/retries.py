"""A retry is answered as the first time (PROTOCOL.md, section 3): held by a unique key in the transaction of the
write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import orjson
from django.db.models import QuerySet

from analytics_api.models import RetryKey
from analytics_api.parameters import Pair
from crm.models import Integration
from crm.models.prepared import prepared
from crm.services.inserting import insert
from crm.services.locking import lock

WINDOW = timedelta(minutes=10)
TRIMMED_EVERY = 100
REQUEST_PREFIX = "sha256:"


@dataclass(frozen=True)
class Once:
    """The number of what was written, and whether an earlier request had written it already."""

    number: int
    is_retry: bool = False


@dataclass(frozen=True)
class Attempt:
    """A request to write, told from others by `key`."""

    integration: Integration
    action: str
    key: str

    @property
    def lock(self) -> str:
        """The name of what whoever asks the same waits for."""
        return f"retry:{self.integration.pk}:{self.action}:{self.key}"

    def earlier(self) -> RetryKey | None:
        """The key's row, if this was asked before. Others with the same key wait until the transaction ends."""
        lock(self.lock)
        return next(iter(_keys(self.integration.pk, self.action, self.key)), None)

    def keep(
        self, number: int, *, at: datetime, earlier: RetryKey | None, parameters: dict[str, str] | None = None
    ) -> None:
        """Note what was written, in the row of `earlier` where there is one."""
        row = earlier or RetryKey(integration=self.integration, action=self.action, key=self.key)
        row.number, row.at, row.parameters = number, at, parameters or {}
        if earlier is None:
            insert(row)
        else:
            row.save(update_fields=["number", "at", "parameters"])
        if number % TRIMMED_EVERY == 0:
            RetryKey.objects.filter(key__startswith=REQUEST_PREFIX, at__lt=at - WINDOW).delete()


@prepared
def _keys(integration: int, action: str, key: str) -> QuerySet[RetryKey]:
    return RetryKey.objects.filter(integration=integration, action=action, key=key)


def request_key(pairs: list[Pair]) -> str:
    """The key of a request without an id of its own: its parameters, decoded and in one order."""
    return REQUEST_PREFIX + sha256(orjson.dumps(pairs)).hexdigest()


def once_in_a_window(attempt: Attempt, write: Callable[[], int], *, at: datetime) -> Once:
    """The number that `write` returns, or returned within the last ten minutes. Runs in the write's transaction."""
    earlier = attempt.earlier()
    if earlier is not None and earlier.at > at - WINDOW:
        return Once(earlier.number, is_retry=True)
    number = write()
    attempt.keep(number, at=at, earlier=earlier)
    return Once(number)
