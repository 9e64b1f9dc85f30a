"""Writes to many deals at once: each does what its namesake in crm.services.deals does to one, in few statements.

The deals are locked by `lock_deals` and all of them change; their orders are as they were read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from crm.models import Batch, Change, CustomField, Deal, FieldValue, Status, StatusStay, User
from crm.services.deals import MOVED_COLUMNS, enter_in_memory, set_in_memory
from crm.services.field_values import make_value
from crm.services.history import Entry, record
from crm.services.notifications import tell_manager
from crm.services.orders import KEPT, Scheme, values_of, write_order
from crm.services.writing import write_columns

Verb = Change.Verb


def lock_deals(numbers: Iterable[int]) -> list[Deal]:
    """The deals of these numbers as they stand in the database now, locked to the end of the transaction."""
    # Not joined to their statuses: PostgreSQL leaves a row out whose status changed while it was waited for.
    deals = Deal.objects.filter(pk__in=numbers).order_by("pk").prefetch_related("status", "status_before_trash")
    return list(deals.select_for_update(no_key=True))


def move_deals(
    *, deals: Sequence[Deal], status: Status, by: User, batch: Batch, at: datetime, lost_reason: str = ""
) -> None:
    _enter(deals, status, Verb.MOVED, reasons=[lost_reason] * len(deals), by=by, batch=batch, at=at)


def trash_deals(*, deals: Sequence[Deal], by: User, batch: Batch, at: datetime) -> None:
    reasons = [deal.lost_reason for deal in deals]
    _enter(deals, Status.objects.deleted(), Verb.TRASHED, reasons=reasons, by=by, batch=batch, at=at)


def change_deals(*, deals: Sequence[Deal], by: User, batch: Batch, at: datetime, **columns: Any) -> None:
    entries = [entry for deal in deals for entry in set_in_memory(deal, columns)]
    save_with_orders(deals, [*columns, "search_text"], at=at)
    record(*entries, by=by, via=Change.Via.WEB, at=at, batch=batch)
    if "manager" in columns:
        for deal in deals:
            tell_manager(deal=deal, by=by, via=Change.Via.WEB, at=at, batch=batch)


def put_value(*, deals: Sequence[Deal], field: CustomField, text: str, by: User, batch: Batch, at: datetime) -> None:
    """Give a custom field of the deals this text; an empty one takes the value away."""
    held = FieldValue.objects.filter(deal__in=deals, field=field)
    before = dict(held.values_list("deal_id", "text"))
    held.delete()
    if text:
        FieldValue.objects.bulk_create(make_value(deal, field, text) for deal in deals)
    name = f"field:{field.pk}"
    entries = [Entry(deal.pk, Verb.CHANGED, name, before.get(deal.pk, ""), text) for deal in deals]
    save_with_orders(deals, [], at=at)
    record(*entries, by=by, via=Change.Via.WEB, at=at, batch=batch)


def save_with_orders(deals: Sequence[Deal], written: Iterable[str], *, at: datetime) -> None:
    """Save the named columns together with the refreshed orders; `changed_at` moves where the order shows it."""
    values, scheme = values_of(deals), Scheme.current()
    for deal in deals:
        before = deal.order_json
        write_order(deal, values[deal.pk], scheme=scheme)
        if deal.order_json != before:
            deal.changed_at = at
    write_columns(deals, [*written, *KEPT, "changed_at"])


def _enter(
    deals: Sequence[Deal],
    status: Status,
    verb: Change.Verb,
    *,
    reasons: Sequence[str],
    by: User,
    batch: Batch,
    at: datetime,
) -> None:
    entering = [deal for deal in deals if deal.status != status]
    ended = StatusStay.objects.filter(deal__in=entering, left_at=None)
    ended.update(left_at=Greatest(F("entered_at"), Value(at)))  # a clock that was set back ends no stay too early
    StatusStay.objects.bulk_create(StatusStay(deal=deal, status=status, entered_at=at) for deal in entering)
    entries: list[Entry] = []
    for deal, reason in zip(deals, reasons, strict=True):
        entries += enter_in_memory(deal, status, verb, lost_reason=reason, at=at, batch=batch)
    save_with_orders(deals, MOVED_COLUMNS, at=at)
    record(*entries, by=by, via=Change.Via.WEB, at=at, batch=batch)
