"""Writes to deals. Each locks the deal, keeps the history and ends by refreshing the order that the export shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from crm.models import Batch, Change, Client, CustomField, Deal, Status, StatusStay, User
from crm.models.number import next_number
from crm.models.prepared import prepared
from crm.models.remembering import remembered
from crm.services.atomic import atomic
from crm.services.conflicts import demand_seen
from crm.services.field_values import make_value, put_values
from crm.services.history import Entry, changes, record
from crm.services.inserting import insert
from crm.services.notifications import tell_manager
from crm.services.orders import Scheme, refresh_order, write_order

Via = Change.Via
Verb = Change.Verb

# What `change_deal` writes; a status is moved, the trash has its own door.
CHANGEABLE = frozenset({"title", "client", "manager", "price", "cost", "visit", "created_at", "lost_reason", "extra"})
# What a move writes.
MOVED_COLUMNS = [*Change.BESIDE_A_MOVE, "status", "lost_reason"]


@atomic
def create_deal(
    *,
    title: str,
    by: User | None,
    via: Change.Via = Via.WEB,
    client: Client | None = None,
    status: Status | None = None,
    values: Mapping[CustomField, str] | None = None,
    at: datetime | None = None,
    batch: Batch | None = None,
    number: int | None = None,
    **columns: Any,
) -> Deal:
    """Create a deal, in the first open status unless given; `columns` are further columns of Deal, and `number` is for
    it where whoever asks took several at once.

    It counts as changed now, whatever its `created_at` (an incremental pull must see a late lead), and entered its
    status now.
    """
    moment = at or timezone.now()
    number = number or next_number()
    columns.setdefault("created_at", moment)
    deal = Deal(
        pk=number,
        title=title,
        client=client,
        status=status or _first_open(),
        created_by=by,
        changed_at=moment,
        **columns,
    )
    if deal.status.is_closed:
        deal.closed_at = moment
    rows = [make_value(deal, field, text) for field, text in (values or {}).items() if text]
    rows.sort(key=lambda row: (row.field.position, row.field_id))
    write_order(deal, [(row.field_id, row.text) for row in rows], scheme=Scheme.current())
    stay = StatusStay(deal=deal, status=deal.status, entered_at=moment)
    insert(deal, *rows, stay, *changes(Entry(deal.pk, Verb.CREATED), by=by, via=via, at=moment, batch=batch))
    tell_manager(deal=deal, by=by, via=via, at=moment, batch=batch)
    return deal


@remembered
def _first_open() -> Status:
    return _open_in_order()[0]


@prepared
def _open_in_order() -> QuerySet[Status]:
    return Status.objects.open_in_order()[:1]


@atomic
def change_deal(
    *,
    deal: Deal,
    by: User | None,
    via: Change.Via = Via.WEB,
    values: Mapping[CustomField, str] | None = None,
    seen: int | None = None,
    at: datetime | None = None,
    batch: Batch | None = None,
    **columns: Any,
) -> Deal:
    """Write the given columns and custom values; what is as it was leaves no trace. The locked, saved deal is
    returned.

    `seen` is the deal's last Change that whoever writes knew; Conflict where a later one touches what he writes.
    """
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_deal() does not write {', '.join(sorted(unknown))}")
    deal = locked(deal)
    entries = set_in_memory(deal, columns)
    written = [entry.field for entry in entries]
    entries += put_values(deal, values or {})
    demand_seen(deal.pk, [entry.field for entry in entries], seen=seen)
    save_with_order(deal, written, at=at)
    record(*entries, by=by, via=via, at=at, batch=batch)
    if "manager" in written:
        tell_manager(deal=deal, by=by, via=via, at=at or timezone.now(), batch=batch)
    return deal


@atomic
def move_deal(
    *,
    deal: Deal,
    status: Status,
    by: User | None,
    via: Change.Via = Via.WEB,
    lost_reason: str = "",
    seen: int | None = None,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Deal:
    """Move a deal to a status: its stay in the old one ends, a closed status dates the close. The trash is
    `trash_deal`. `seen` as in `change_deal`.
    """
    if status.kind == Status.Kind.DELETED:
        return trash_deal(deal=deal, by=by, via=via, at=at, batch=batch)
    deal = locked(deal)
    if deal.status != status:
        demand_seen(deal.pk, ["status"], seen=seen)
    _enter(deal, status, Verb.MOVED, lost_reason=lost_reason, by=by, via=via, at=at, batch=batch)
    return deal


@atomic
def trash_deal(
    *,
    deal: Deal,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Deal:
    """Move a deal to the trash: the status of kind deleted, which the export shows. `restore_deal` brings it back."""
    deal = locked(deal)
    if deal.trashed_at is not None:
        return deal
    deleted = Status.objects.deleted()
    _enter(deal, deleted, Verb.TRASHED, lost_reason=deal.lost_reason, by=by, via=via, at=at, batch=batch)
    return deal


@atomic
def restore_deal(
    *,
    deal: Deal,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Deal:
    """Bring a deal back from the trash to the status it had."""
    deal = locked(deal)
    if deal.status_before_trash is None:
        return deal
    before = deal.status_before_trash
    _enter(deal, before, Verb.RESTORED, lost_reason=deal.lost_reason, by=by, via=via, at=at, batch=batch)
    return deal


def locked(deal: Deal) -> Deal:
    """The deal as it stands in the database now, its row locked to the end of the transaction."""
    # Not joined to its status: PostgreSQL leaves the row out when the status changed while it was waited for.
    return Deal.objects.select_for_update(no_key=True).get(pk=deal.pk)


def save_with_order(deal: Deal, written: list[str], *, at: datetime | None = None) -> None:
    """Save the named columns of a locked deal together with its refreshed order: how every write to a deal ends."""
    names = [*written, *refresh_order(deal, at=at)]
    if names:
        names.append("search_text")
        deal.save(update_fields=names)


def stay_in(deal: Deal, status: Status, *, at: datetime) -> None:
    """End the stay of a locked deal in the status it is in, and begin that in another."""
    # A clock that was set back must not end a stay before it began.
    stay = StatusStay.objects.filter(deal=deal, left_at=None).first()
    if stay is not None:
        stay.left_at = max(at, stay.entered_at)
        stay.save(update_fields=["left_at"])
    StatusStay.objects.create(deal=deal, status=status, entered_at=at)


def _enter(
    deal: Deal,
    status: Status,
    verb: Change.Verb,
    *,
    lost_reason: str,
    by: User | None,
    via: Change.Via,
    at: datetime | None,
    batch: Batch | None,
) -> None:
    moment = at or timezone.now()
    if deal.status != status:
        stay_in(deal, status, at=moment)
    entries = enter_in_memory(deal, status, verb, lost_reason=lost_reason, at=moment, batch=batch)
    save_with_order(deal, MOVED_COLUMNS, at=moment)
    record(*entries, by=by, via=via, at=moment, batch=batch)


def enter_in_memory(
    deal: Deal, status: Status, verb: Change.Verb, *, lost_reason: str, at: datetime, batch: Batch | None
) -> list[Entry]:
    """Set the MOVED_COLUMNS of a locked deal as a move does; what is to be recorded is returned."""
    before = {name: getattr(deal, name) for name in MOVED_COLUMNS}
    is_trash = status.kind == Status.Kind.DELETED
    deal.trashed_at, deal.status_before_trash = (at, deal.status) if is_trash else (None, None)
    deal.lost_reason = lost_reason if is_trash or status.kind == Status.Kind.LOST else ""
    if deal.status != status:
        deal.status = status
        deal.closed_at = (deal.closed_at or at) if status.is_closed else None
    # What no page tells is kept only for a batch to be undone by.
    told = [name for name in MOVED_COLUMNS if batch is not None or name not in Change.BESIDE_A_MOVE]
    return [
        Entry(deal.pk, verb if name == "status" else Verb.CHANGED, name, before[name], getattr(deal, name))
        for name in told
        if before[name] != getattr(deal, name)
    ]


def set_in_memory(deal: Deal, columns: Mapping[str, Any]) -> list[Entry]:
    """Set columns of a locked deal; what is to be recorded is returned."""
    entries = []
    for name, new in columns.items():
        old = getattr(deal, name)
        if old != new:
            setattr(deal, name, new)
            entries.append(Entry(deal.pk, Verb.CHANGED, name, old, new))
    return entries
