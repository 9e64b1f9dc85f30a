"""One pull is one picture (PROTOCOL.md, section 2, Paging).

A request for `offset=0` fixes the ids of the set as it stands; the pages behind it are cut from those, so no deal is
skipped and none comes twice, whatever is written meanwhile, and a deep page costs what the first does. The ids lie in
the database, so any process of any machine serves any page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from struct import Struct
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet

from analytics_api.last_values import drop_last_values
from analytics_api.models import WALK_LIFETIME, Walk, WalkChunk, WalkQuerySet
from crm.models import Integration
from crm.models.prepared import prepared

CHUNK = 1_000
CHUNKS_AT_ONCE = 20
# An id in a chunk.
NUMBER = Struct("<q")
TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Path:
    """Which walk it is: one an account, an action and a `date` (None is the whole set)."""

    integration: Integration
    action: str
    since: int | None

    def walks(self) -> WalkQuerySet:
        return Walk.objects.filter(integration=self.integration, action=self.action, since=self.since)

    def newest(self, at: datetime) -> Walk | None:
        """The walk that was asked for last, of those that somebody may still go on with."""
        walks = _newest_first(self.integration.pk, self.action, at - WALK_LIFETIME)
        return next((walk for walk in walks if walk.since == self.since), None)


@prepared
def _newest_first(integration: int, action: str, touched: datetime) -> QuerySet[Walk]:
    walks = Walk.objects.filter(integration=integration, action=action, last_page_at__gte=touched)
    return walks.order_by("-began_at", "-pk")


@dataclass(frozen=True)
class Page:
    total_count: int
    ids: Sequence[int]


def page(path: Path, whole: QuerySet[Any, int], *, offset: int, limit: int, at: datetime, keep: bool = True) -> Page:
    """The page of `limit` ids from `offset` on, in ascending order; `whole` yields all ids, in any.

    At offset 0 a walk starts anew (`keep` False leaves the one there is alone); behind it, it goes on; a page with no
    walk behind it is cut from the set as it stands.
    """
    if offset == 0:
        return _first_page(path, whole, limit=limit, at=at, keep=keep)
    walk = path.newest(at)
    if walk is None:
        return Page(whole.count(), list(whole.order_by("pk")[offset : offset + limit]) if offset < 2**62 else [])
    if walk.last_page_at < at - TOUCHED_EVERY:
        Walk.objects.filter(pk=walk.pk).update(last_page_at=at)
    return Page(walk.total_count, _cut(walk, offset, limit))


def _first_page(path: Path, whole: QuerySet[Any, int], *, limit: int, at: datetime, keep: bool) -> Page:
    ids = whole.iterator(chunk_size=10_000) if path.since is None else iter(sorted(whole))
    # Packed as they come: a list of a million numbers takes forty megabytes, and each thread keeps what it once took.
    chunks = list(iter(lambda: _pack(islice(ids, CHUNK)), b""))
    total_count = sum(map(len, chunks)) // NUMBER.size
    if keep and total_count > limit:
        _begin(path, chunks, total_count, at=at)
    elif keep and path.walks().filter(began_at__lt=at).exists():
        path.walks().filter(began_at__lt=at).delete()
    return Page(total_count, _unpack(b"".join(chunks[: ceil(limit / CHUNK)]))[:limit])


@transaction.atomic
def _begin(path: Path, chunks: Sequence[bytes], total_count: int, *, at: datetime) -> None:
    """Keep the ids as the walk that was asked for at `at`; older ones, and those that nobody goes on, are dropped."""
    walk = Walk.objects.create(
        integration=path.integration,
        action=path.action,
        since=path.since,
        total_count=total_count,
        began_at=at,
        last_page_at=at,
    )
    rows = (WalkChunk(walk=walk, position=position, ids=ids) for position, ids in enumerate(chunks))
    while some := list(islice(rows, CHUNKS_AT_ONCE)):
        WalkChunk.objects.bulk_create(some)
    path.walks().filter(began_at__lt=at).delete()
    Walk.objects.abandoned(at).delete()
    drop_last_values(at)


def _cut(walk: Walk, offset: int, limit: int) -> list[int]:
    """The ids from `offset` on, at most `limit`, read from the chunks they lie in alone."""
    if offset >= walk.total_count:
        return []
    first, last = offset // CHUNK, (offset + limit - 1) // CHUNK
    start = offset - first * CHUNK
    return _unpack(b"".join(ids for (ids,) in _chunks(walk.pk, first, last)))[start : start + limit]


@prepared
def _chunks(walk: int, first: int, last: int) -> "QuerySet[WalkChunk, tuple[Any, ...]]":
    chunks = WalkChunk.objects.filter(walk=walk, position__gte=first, position__lte=last)
    return cast("QuerySet[WalkChunk, tuple[Any, ...]]", chunks.order_by("position").values_list("ids"))


def _pack(ids: Iterable[int]) -> bytes:
    return b"".join(map(NUMBER.pack, ids))


def _unpack(packed: bytes) -> list[int]:
    return [number for (number,) in NUMBER.iter_unpack(packed)]
