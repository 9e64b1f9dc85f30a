"""One pull is one picture (PROTOCOL.md, section 2, Paging).

A request for `offset=0` fixes the ids of the set as it stands; the pages behind it are cut from those, so no deal is
skipped and none comes twice, whatever is written meanwhile, and a deep page costs what the first does. The ids lie in
the database, so any process of any machine serves any page.
"""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from analytics_api.last_values import drop_last_values
from analytics_api.models import Walk, WalkChunk, WalkQuerySet
from crm.models import Integration

CHUNK = 1_000
TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Path:
    """Which walk it is: one an account, an action and a `date` (None is the whole set)."""

    integration: Integration
    action: str
    since: int | None

    def walks(self) -> WalkQuerySet:
        return Walk.objects.filter(integration=self.integration, action=self.action, since=self.since)


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
    walk = path.walks().alive(at).order_by("began_at", "pk").last()
    if walk is None:
        return Page(whole.count(), list(whole.order_by("pk")[offset : offset + limit]) if offset < 2**62 else [])
    if walk.last_page_at < at - TOUCHED_EVERY:
        Walk.objects.filter(pk=walk.pk).update(last_page_at=at)
    return Page(walk.total_count, _cut(walk, offset, limit))


def _first_page(path: Path, whole: QuerySet[Any, int], *, limit: int, at: datetime, keep: bool) -> Page:
    # As an array: a list of a million numbers is five times as large, and each thread keeps what it once needed.
    ids = array("q", whole.iterator(chunk_size=10_000))
    if path.since is not None:
        ids = array("q", sorted(ids))
    if keep and len(ids) > limit:
        _begin(path, ids, at=at)
    elif keep and path.walks().filter(began_at__lt=at).exists():
        path.walks().filter(began_at__lt=at).delete()
    return Page(len(ids), list(ids[:limit]))


@transaction.atomic
def _begin(path: Path, ids: Sequence[int], *, at: datetime) -> None:
    """Keep the ids as the walk that was asked for at `at`; older ones, and those that nobody goes on, are dropped."""
    walk = Walk.objects.create(
        integration=path.integration,
        action=path.action,
        since=path.since,
        total_count=len(ids),
        began_at=at,
        last_page_at=at,
    )
    WalkChunk.objects.bulk_create(_pack(walk, ids), batch_size=200)
    path.walks().filter(began_at__lt=at).delete()
    Walk.objects.abandoned(at).delete()
    drop_last_values(at)


def _pack(walk: Walk, ids: Sequence[int]) -> list[WalkChunk]:
    chunks = []
    for position, start in enumerate(range(0, len(ids), CHUNK)):
        part = ids[start : start + CHUNK]
        chunks.append(WalkChunk(walk=walk, position=position, ids=struct.pack(f"<{len(part)}q", *part)))
    return chunks


def _cut(walk: Walk, offset: int, limit: int) -> list[int]:
    """The ids from `offset` on, at most `limit`, read from the chunks they lie in alone."""
    if offset >= walk.total_count:
        return []
    first, last = offset // CHUNK, (offset + limit - 1) // CHUNK
    chunks = walk.chunks.filter(position__range=(first, last)).order_by("position").values_list("ids", flat=True)
    ids = [number for packed in chunks for (number,) in struct.iter_unpack("<q", packed)]
    start = offset - first * CHUNK
    return ids[start : start + limit]
