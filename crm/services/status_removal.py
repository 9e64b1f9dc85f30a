"""Taking a status out of use: its deals go elsewhere, and it goes unless an export may refer to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Batch, Change, Deal, SettingChange, Status, StatusStay, User
from crm.services.history import Entry, record
from crm.services.locking import lock
from crm.services.orders import rewrite_orders
from crm.services.setting_changes import Differences, record_setting_change
from crm.services.statuses import check_can_go, status_was_used

Via = Change.Via
# Deals that are held in memory at once.
DEALS = 500


@dataclass(frozen=True)
class Removed:
    """What became of a status: how many deals were moved, and whether it is gone or archived."""

    moved: int
    is_gone: bool


@transaction.atomic
def remove_status(
    *,
    status: Status,
    by: User | None,
    via: Change.Via = Via.WEB,
    to: Status | None = None,
    lost_reason: str = "",
) -> Removed:
    """Take a status out of use. Its deals go to `to`, or stay in it where that is None.

    It is deleted if no deal was ever in it; else it is archived, since what the analytics service fetched refers to
    it. `lost_reason` is that of deals that get lost by it. ValidationError: the installation needs the status, or no
    deal can go to `to`.
    """
    lock("statuses")
    status = Status.objects.select_for_update().get(pk=status.pk)
    check_can_go(status)
    if to is not None and not Status.objects.usable().exclude(pk=status.pk).filter(pk=to.pk).exists():
        raise ValidationError({"to": _("Deals cannot go to this status.")}, code="target")
    if not status_was_used(status):
        record_setting_change(about=status, verb=SettingChange.Verb.DELETED, by=by, via=via)
        status.delete()
        return Removed(moved=0, is_gone=True)
    moved = 0 if to is None else empty_status(status=status, to=to, lost_reason=lost_reason, by=by, via=via)
    changes: Differences = {} if to is None or not moved else {"deals": (moved, to.name)}
    record_setting_change(about=status, verb=SettingChange.Verb.HANDED_OVER, by=by, via=via, changes=changes)
    if not status.is_archived:
        status.is_archived = True
        status.save(update_fields=["is_archived"])
        changes = {"is_archived": (False, True)}
        record_setting_change(about=status, verb=SettingChange.Verb.CHANGED, by=by, via=via, changes=changes)
    return Removed(moved=moved, is_gone=False)


@transaction.atomic
def empty_status(
    *, status: Status, to: Status, by: User | None, via: Change.Via = Via.WEB, lost_reason: str = ""
) -> int:
    """Move every deal of a status to another as one, with its stay, history and order; how many is returned.

    Deals in the trash that were to return to `status` will return to `to`. A second does for some 1,500 deals.
    """
    moment = timezone.now()
    Deal.objects.filter(status_before_trash=status).update(status_before_trash=to)
    batch: Batch | None = None
    moved = last = 0
    while some := _next_deals(status, after=last):
        batch = batch or Batch.objects.create(kind="empty_status", by=by)
        record(*_move(some, to, lost_reason=lost_reason, at=moment), by=by, via=via, at=moment, batch=batch)
        moved, last = moved + len(some), some[-1].pk
    if batch is not None:
        # Stamped last: an export reaches back only a few seconds for what was committed late.
        told = Change.objects.filter(batch=batch).values("number")
        Deal.objects.filter(pk__in=told).update(changed_at=timezone.now())
    return moved


def _next_deals(status: Status, *, after: int) -> list[Deal]:
    deals = Deal.objects.select_for_update(of=("self",), no_key=True).filter(status=status, pk__gt=after)
    return list(deals.select_related("status").order_by("pk")[:DEALS])


def _move(deals: Sequence[Deal], to: Status, *, lost_reason: str, at: datetime) -> list[Entry]:
    """Write the move of locked deals; what is to be told of it is returned."""
    rows = Deal.objects.filter(pk__in=[deal.pk for deal in deals])
    stays = StatusStay.objects.filter(deal__in=rows, left_at=None)
    # A clock that was set back must not end a stay before it began.
    stays.update(left_at=Greatest(Value(at), F("entered_at")))
    StatusStay.objects.bulk_create(StatusStay(deal=deal, status=to, entered_at=at) for deal in deals)
    is_lost = to.kind == Status.Kind.LOST
    reason = Value(lost_reason) if lost_reason else F("lost_reason")
    rows.update(
        status=to,
        closed_at=Coalesce(F("closed_at"), Value(at)) if to.is_closed else None,
        lost_reason=reason if is_lost else "",
    )
    entries = []
    for deal in deals:
        entries.append(Entry(deal.pk, Change.Verb.MOVED, "status", deal.status, to))
        new_reason = (lost_reason or deal.lost_reason) if is_lost else ""
        if new_reason != deal.lost_reason:
            entries.append(Entry(deal.pk, Change.Verb.CHANGED, "lost_reason", deal.lost_reason, new_reason))
        deal.status = to
    rewrite_orders(deals, changed_at=at)
    return entries
