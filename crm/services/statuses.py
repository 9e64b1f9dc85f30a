"""The statuses that deals go through. Exactly one is of kind deleted, and at least one open one is always in use."""

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from crm.models import Change, Deal, SettingChange, Status, StatusStay, User
from crm.services.locking import lock
from crm.services.placing import put_at
from crm.services.setting_changes import change_locked, differences, record_setting_change

Kind = Status.Kind
Verb = SettingChange.Verb
Via = Change.Via


def next_position() -> int:
    """Behind all statuses there are."""
    last: int | None = Status.objects.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def add_status(*, name: str, by: User | None, via: Change.Via = Via.WEB, **columns: Any) -> Status:
    """Add a status, behind all others unless `position` is given. ValidationError: as `check_status`."""
    lock("statuses")
    columns.setdefault("position", next_position())
    status = Status(name=name, **columns)
    check_status(status)
    status.save()
    record_setting_change(about=status, verb=Verb.ADDED, by=by, via=via)
    return status


@transaction.atomic
def change_status(*, status: Status, by: User | None, via: Change.Via = Via.WEB, **columns: Any) -> Status:
    """Write the given columns. A status that is closed now closes its deals, one that is open now opens them.

    ValidationError: as `check_status`.
    """
    lock("statuses")
    before, status = change_locked(row=status, columns=columns, check=check_status, by=by, via=via)
    if status.is_closed != before.is_closed:
        _date_closes(status)
    return status


@transaction.atomic
def delete_status(*, status: Status, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Delete a status that no deal was ever in. ValidationError: one was, or the installation needs the status."""
    lock("statuses")
    status = Status.objects.select_for_update().get(pk=status.pk)
    if status_was_used(status):
        raise ValidationError(_("Deals are or were in this status: archive it instead."), code="used")
    check_can_go(status)
    record_setting_change(about=status, verb=Verb.DELETED, by=by, via=via)
    status.delete()


@transaction.atomic
def place_status(*, status: Status, place: int, by: User | None, via: Change.Via = Via.WEB) -> Status:
    """Put a status at `place`, from 0, among the usable ones: the order of the board's columns."""
    lock("statuses")
    rows = list(Status.objects.order_by("position", "pk"))
    [row] = [row for row in rows if row == status]
    before = copy(row)
    if row.is_usable:
        Status.objects.bulk_update(put_at(rows, row, place, is_shown=lambda one: one.is_usable), ["position"])
    record_setting_change(about=row, verb=Verb.CHANGED, by=by, via=via, changes=differences(before, row, ["position"]))
    return row


def check_can_go(status: Status) -> None:
    """ValidationError: the installation cannot do without this status."""
    if status.kind == Kind.DELETED:
        raise ValidationError(_("The status of deleted deals has to stay."), code="deleted")
    if not _another_begins(status):
        raise ValidationError(_("One open status has to stay: new deals begin in it."), code="last_open")


def check_status(status: Status) -> None:
    """Hold a status, saved or not, against what an installation needs; ValidationError by field."""
    before = Status.objects.filter(pk=status.pk).first()
    was_deleted = before is not None and before.kind == Kind.DELETED
    if status.kind == Kind.DELETED and not was_deleted:
        raise ValidationError({"kind": _("There is exactly one status of deleted deals.")})
    if was_deleted and status.kind != Kind.DELETED:
        raise ValidationError({"kind": _("This is the status of deleted deals: its kind has to stay.")})
    if was_deleted and status.is_archived:
        raise ValidationError({"is_archived": _("The status of deleted deals cannot be archived.")})
    if not (_begins(status) or _another_begins(status)):
        field = "kind" if status.is_closed else "is_archived"
        raise ValidationError({field: _("One open status has to stay: new deals begin in it.")})


def status_was_used(status: Status) -> bool:
    """Whether a deal is, was, or is to return from the trash to this status."""
    deals = Deal.objects.filter(Q(status=status) | Q(status_before_trash=status))
    return deals.exists() or StatusStay.objects.filter(status=status).exists()


def _begins(status: Status) -> bool:
    """Whether new deals can begin in the status."""
    return status.kind == Kind.OPEN and not status.is_archived


def _another_begins(status: Status) -> bool:
    return Status.objects.filter(kind=Kind.OPEN, is_archived=False).exclude(pk=status.pk).exists()


def _date_closes(status: Status) -> None:
    """Bring `closed_at` of the deals in line with the kind that their status has now. The export shows none of it."""
    deals = Deal.objects.filter(status=status)
    if not status.is_closed:
        deals.exclude(closed_at=None).update(closed_at=None)
        return
    entered = StatusStay.objects.filter(deal=OuterRef("pk"), left_at=None).values("entered_at")
    deals.filter(closed_at=None).update(closed_at=Subquery(entered[:1]))
