"""What erased deals and clients were last, for walks that began before (PROTOCOL.md, section 2, Paging).

Such a walk names them still, and has to be answered. Kept no longer than it lives: they are personal.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from analytics_api.models import LastValue, Walk

# A first page that is being carried out while somebody is erased has not written its walk yet.
GRACE = timedelta(minutes=2)


def keep_last_values(action: str, values: Mapping[int, Any], *, at: datetime) -> None:
    """Keep by number what the rows were, in the transaction that deletes them."""
    LastValue.objects.bulk_create(
        LastValue(action=action, number=number, value=value, erased_at=at) for number, value in values.items()
    )


def last_values(action: str, numbers: Iterable[int]) -> dict[int, Any]:
    """Number → what the row was; those that nobody erased are left out."""
    missing = list(numbers)
    if not missing:
        return {}
    rows = LastValue.objects.filter(action=action, number__in=missing)
    return dict(rows.values_list("number", "value"))


def drop_last_values(at: datetime) -> None:
    """Drop what no walk that began before the erasure can ask for any more."""
    walks = Walk.objects.alive(at).filter(action=OuterRef("action"), began_at__lt=OuterRef("erased_at"))
    LastValue.objects.filter(erased_at__lt=at - GRACE).exclude(Exists(walks)).delete()
