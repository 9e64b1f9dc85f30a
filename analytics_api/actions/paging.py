"""What `export` and `export_clients` share: `offset`, `limit`, `date`, and the walk they are pages of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from analytics_api.actions.base import Command
from analytics_api.walks import Page, Path, page

DEFAULT_LIMIT = 1_000
LARGEST_LIMIT = 10_000
# A write stamped just before a pull may commit just after it: the filter reaches this much further back.
OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True)
class PageAsked:
    offset: int
    limit: int
    since: int | None

    @classmethod
    def read(cls, command: Command) -> "PageAsked":
        parameters = command.parameters
        limit = parameters.whole_number("limit", default=DEFAULT_LIMIT, least=1)
        return cls(
            offset=parameters.whole_number("offset", default=0, least=0),
            limit=min(limit, LARGEST_LIMIT),
            since=parameters.unix_time("date"),
        )

    def moment(self) -> datetime | None:
        """From when on changes count; None for all there is."""
        if self.since is None:
            return None
        return datetime.fromtimestamp(max(self.since - OVERLAP.total_seconds(), 0), UTC)

    def cut(self, command: Command, ids_since: Callable[[datetime | None], QuerySet[Any, int]]) -> Page:
        """The page's ids; `ids_since` yields those of the whole set from a moment on."""
        path = Path(command.integration, command.action, self.since)
        whole = ids_since(self.moment())
        return page(path, whole, offset=self.offset, limit=self.limit, at=command.at, keep=command.keep)
