"""Undoing what was done as one.

    batch = start_batch(kind=MOVE, by=user)
    move_deal(deal=deal, status=status, by=user, batch=batch)
    …
    undone = undo_batch(batch=batch, by=user)

A value is put back where it is still the one that the batch wrote; what somebody has changed since stays, and
`undone.kept` says so. What a batch made goes: a deal or a client to the trash, a task altogether. A large batch is
undone by pieces: `numbers_of(batch)`, `undo_some` for some of them at a time, in the end `mark_undone`. A piece that
is done twice changes nothing the second time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Batch, Change, Client, Deal, Task, User
from crm.services.next_tasks import lock_deals
from crm.services.putting_back import Kept, Record, Work
from crm.services.putting_back_clients import put_back_client
from crm.services.putting_back_deals import DealsPutBack
from crm.services.putting_back_tasks import put_back_task

# How one deed of a person is called; an operation on many has a kind of its own.
MOVE, FINISH, REOPEN, TRASH, RESTORE, CHANGE = "move", "finish", "reopen", "trash", "restore", "change"

Row = TypeVar("Row", bound=Model)


@dataclass
class Undone:
    """What came of undoing: numbers of the records that are as they were, and what stayed otherwise, and why."""

    put_back: list[int] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __iadd__(self, other: "Undone") -> "Undone":
        self.put_back += other.put_back
        self.kept += other.kept
        return self


def start_batch(*, kind: str, by: User | None, at: datetime | None = None) -> Batch:
    """A batch for the services to write under, so that all of it can be undone as one."""
    return Batch.objects.create(kind=kind, by=by, at=at or timezone.now())


@transaction.atomic
def undo_batch(*, batch: Batch, by: User, at: datetime | None = None) -> Undone:
    """Undo all of a batch, and mark it as undone unless all of it had to stay.

    Of one that is undone already nothing is put back and nothing kept. PermissionDenied: as `demand_may_undo`.
    """
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    demand_may_undo(batch, by)
    if batch.undone_at is not None:
        return Undone()
    undone = undo_some(batch=batch, numbers=numbers_of(batch), by=by, at=at)
    if undone.put_back:
        mark_undone(batch=batch, at=at)
    return undone


@transaction.atomic
def undo_some(*, batch: Batch, numbers: Sequence[int], by: User, at: datetime | None = None) -> Undone:
    """Undo what a batch did to these records, of those that `by` sees. PermissionDenied: as `demand_may_undo`."""
    demand_may_undo(batch, by)
    work, undone = Work(by=by, at=at or timezone.now()), Undone()
    done: dict[int, Record] = {}
    for change in Change.objects.filter(batch=batch, number__in=numbers).order_by("number", "pk"):
        done.setdefault(change.number, Record(change.number)).changes.append(change)
    deals = DealsPutBack(done, work)
    undone += _undo_rows(Deal.objects.all(), Deal.objects.visible_to(by), deals.put_back, done, work)
    deals.save()
    undone += _undo_rows(Client.objects.all(), Client.objects.visible_to(by), put_back_client, done, work)
    undone += _undo_rows(Task.objects.all(), Task.objects.visible_to(by), put_back_task, done, work)
    undone += _of_no_row(done)
    return undone


def numbers_of(batch: Batch) -> list[int]:
    """The numbers of all records that a batch changed, in ascending order."""
    return list(batch.changes.order_by("number").values_list("number", flat=True).distinct())


def mark_undone(*, batch: Batch, at: datetime | None = None) -> Batch:
    """Note that a batch was undone; it is not offered to be undone again."""
    batch.undone_at = at or timezone.now()
    batch.save(update_fields=["undone_at"])
    return batch


def demand_may_undo(batch: Batch, by: User) -> None:
    """PermissionDenied: somebody else did it, and `by` is no administrator; or he may change nothing at all."""
    if not by.may_write or not Batch.objects.undoable_by(by).filter(pk=batch.pk).exists():
        raise PermissionDenied(_("Only who did it, or an administrator, can undo it."))


def _undo_rows(
    rows: QuerySet[Row],
    visible: QuerySet[Row],
    put_back: Callable[[Row, Record, Work], None],
    done: dict[int, Record],
    work: Work,
) -> Undone:
    """Undo what was done to those of the records that are such rows, and take these out of `done`."""
    undone = Undone()
    seen = set(visible.filter(pk__in=done).values_list("pk", flat=True))
    if rows.model is Task:
        lock_deals(*Task.objects.filter(pk__in=done).values_list("deal", flat=True))
    for row in rows.select_for_update(of=("self",), no_key=True).filter(pk__in=done).order_by("pk"):
        record = done.pop(row.pk)
        if row.pk in seen:
            put_back(row, record, work)
        else:
            record.keep(Kept.Reason.HIDDEN)
        undone += Undone(kept=record.kept) if record.kept else Undone(put_back=[record.number])
    return undone


def _of_no_row(done: dict[int, Record]) -> Undone:
    """Numbers that lead to no deal, client or task: a task that was planned and is undone already, or what went."""
    gone = set(Change.objects.filter(number__in=done, verb=Change.Verb.UNDONE).values_list("number", flat=True))
    return Undone(
        put_back=[number for number in done if number in gone],
        kept=[Kept(number, "", Kept.Reason.GONE) for number in done if number not in gone],
    )
