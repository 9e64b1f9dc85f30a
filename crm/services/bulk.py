"""One deed on many deals: prepared, looked at, done and undone.

The deals are fixed when it is prepared; whether who began it sees them and may change them is asked again with each
piece. A piece is a transaction that also notes how far it came, so that whichever worker goes on, nothing is done
twice and nothing left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from crm.models import Bulk, Deal
from crm.models import User as Person
from crm.services.deeds import Deed, is_said, read_deed
from crm.services.many_deals import lock_deals
from crm.services.pieces import in_pieces, stopping
from crm.services.undoing import demand_may_undo, mark_undone, start_batch, undo_some

Left, State = Bulk.Left, Bulk.State

# As many as this are done while the person waits.
AT_ONCE = 200
MOST = 100_000
UNDONE_A_PIECE = 250
TASKS_UNDONE_A_PIECE = 100
ROWS = 500
SAMPLE = 5
KEPT_PREPARED = timedelta(days=1)


@dataclass
class Outlook:
    """What will come of a deed: how many deals it changes, some of them, and why the others stay as they are."""

    changing: int = 0
    sample: list[Deal] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


def prepare_bulk(
    *, deed: str, numbers: Iterable[int], by: Person, parameters: dict[str, Any] | None = None, query: str = ""
) -> Bulk:
    """Fix which deals it is about; nothing is changed yet. `parameters` as crm.services.deeds reads them."""
    chosen = sorted(set(numbers))
    return Bulk.objects.create(
        deed=deed, numbers=chosen, count=len(chosen), by=by, parameters=parameters or {}, query=query
    )


def say_bulk(*, bulk: Bulk, parameters: dict[str, Any]) -> Bulk:
    """Say what is to be done, as long as it has not begun."""
    Bulk.objects.filter(pk=bulk.pk, state=State.PREPARED).update(parameters=parameters)
    bulk.refresh_from_db()
    return bulk


def look_ahead(bulk: Bulk, deed: Deed) -> Outlook:
    """What the deed would do now."""
    outlook = Outlook()
    for some in _pieces(bulk.numbers, ROWS):
        deals = list(Deal.objects.filter(pk__in=some).select_related("client").defer("order_json", "extra"))
        changing, left = _sort_out(deals, some, deed, bulk.by)
        outlook.changing += len(changing)
        outlook.sample += changing[: SAMPLE - len(outlook.sample)]
        for reason, numbers in left.items():
            outlook.left[reason] = outlook.left.get(reason, 0) + len(numbers)
    return outlook


@transaction.atomic
def start_bulk(*, bulk: Bulk, at: datetime | None = None) -> Bulk:
    """Begin, or go on with what had stopped: a small one is done when this returns, a large one is a job."""
    bulk = _locked(bulk.pk)
    if bulk.state == State.PREPARED and is_said(bulk):
        bulk.batch = start_batch(kind=f"bulk_{bulk.deed}", by=bulk.by, at=at)
    elif bulk.state != State.STOPPED:
        return bulk
    bulk.state = State.RUNNING if bulk.undone_by_id is None else State.UNDOING
    bulk.save(update_fields=["batch", "state"])
    return _set_off(bulk)


@transaction.atomic
def undo_bulk(*, bulk: Bulk, by: Person) -> Bulk:
    """Put back what it changed, as `start_bulk` does it. PermissionDenied: as `demand_may_undo`."""
    bulk = _locked(bulk.pk)
    if not bulk.may_be_undone:
        return bulk
    assert bulk.batch is not None
    demand_may_undo(bulk.batch, by)
    bulk.state, bulk.undone_by = State.UNDOING, by
    bulk.save(update_fields=["state", "undone_by"])
    return _set_off(bulk)


@task()
def carry_on(bulk: int) -> None:
    """Do, or undo, some seconds' worth of a bulk. What goes wrong stops it; the piece that went wrong is not done."""
    with stopping(Bulk.objects.filter(pk=bulk), State.STOPPED):
        in_pieces(lambda: do_some(bulk).is_moving, again=lambda: carry_on.enqueue(bulk))


@transaction.atomic
def do_some(pk: int) -> Bulk:
    """The next piece of a bulk that is under way; as it is now."""
    bulk = _locked(pk)
    if bulk.state == State.RUNNING:
        _do_piece(bulk)
    elif bulk.state == State.UNDOING:
        _undo_piece(bulk)
    return bulk


def forget_prepared(at: datetime | None = None) -> None:
    """Delete what was prepared and not begun."""
    moment = (at or timezone.now()) - KEPT_PREPARED
    Bulk.objects.filter(state=State.PREPARED, prepared_at__lt=moment).delete()


def _locked(pk: int) -> Bulk:
    related = ("by", "undone_by", "batch")
    return Bulk.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=pk)


def _set_off(bulk: Bulk) -> Bulk:
    if bulk.count > AT_ONCE:
        carry_on.enqueue(bulk.pk)
        return bulk
    while bulk.is_moving:
        bulk = do_some(bulk.pk)
    return bulk


def _do_piece(bulk: Bulk) -> None:
    deed, by = read_deed(bulk), bulk.by
    some = bulk.numbers[bulk.position : bulk.position + (deed.piece if deed else ROWS)]
    changing: list[Deal] = []
    if deed is None or not (by.is_active and by.may_write):
        left = {(Left.GONE if deed is None else Left.RIGHTS).value: list(some)}
    else:
        assert bulk.batch is not None
        changing, left = _sort_out(lock_deals(some), some, deed, by)
        if changing:
            # Not before they are locked: what a colleague did while they were waited for was earlier.
            deed.do(changing, by=by, batch=bulk.batch, at=timezone.now())
    bulk.position += len(some)
    bulk.changed += len(changing)
    bulk.left = {reason: bulk.left.get(reason, []) + left.get(reason, []) for reason in [*bulk.left, *left]}
    if bulk.position >= bulk.count:
        bulk.state, bulk.ended_at = State.DONE, timezone.now()
    bulk.save(update_fields=["position", "changed", "left", "state", "ended_at"])


def _undo_piece(bulk: Bulk) -> None:
    assert bulk.batch is not None
    assert bulk.undone_by is not None
    rest = bulk.batch.changes.filter(number__gt=bulk.undone_up_to).order_by("number")
    size = TASKS_UNDONE_A_PIECE if bulk.deed == Bulk.Deed.TASK else UNDONE_A_PIECE
    some = list(rest.values_list("number", flat=True).distinct()[:size])
    undone = undo_some(batch=bulk.batch, numbers=some, by=bulk.undone_by)
    bulk.put_back += len(undone.put_back)
    bulk.kept += [[kept.number, kept.reason.value] for kept in undone.kept]
    bulk.undone_up_to = some[-1] if some else bulk.undone_up_to
    if len(some) < size:
        bulk.state = State.UNDONE
        mark_undone(batch=bulk.batch)
    bulk.save(update_fields=["put_back", "kept", "undone_up_to", "state"])


def _sort_out(
    deals: Sequence[Deal], numbers: Sequence[int], deed: Deed, by: Person
) -> tuple[list[Deal], dict[str, list[int]]]:
    """The deals that the deed changes, and the numbers of the others by why it does not."""
    seen = set(Deal.objects.visible_to(by).filter(pk__in=numbers).values_list("pk", flat=True))
    visible = [deal for deal in deals if deal.pk in seen]
    present = [deal for deal in visible if deal.trashed_at is None]
    same = deed.same(present)
    left = {
        Left.SAME.value: sorted(same),
        Left.TRASHED.value: [deal.pk for deal in visible if deal.trashed_at is not None],
        Left.HIDDEN.value: sorted(set(numbers) - {deal.pk for deal in visible}),
    }
    return [deal for deal in present if deal.pk not in same], {why: some for why, some in left.items() if some}


def _pieces(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for begin in range(0, len(numbers), size):
        yield numbers[begin : begin + size]
