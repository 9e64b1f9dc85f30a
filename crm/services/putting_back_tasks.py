"""A task as it was before a batch."""

from crm.models import Change, Task
from crm.services.history import Entry, record
from crm.services.next_tasks import keep_next_task
from crm.services.putting_back import Kept, Record, Was, Work, put_back_columns, put_back_values
from crm.services.tasks import CHANGEABLE

Verb = Change.Verb
# A day and whether it is a whole one make sense together only.
DUE = ("due_at", "all_day")


def put_back_task(task: Task, done: Record, work: Work) -> None:
    """Put back what the batch did to a locked task; one that it planned goes, unless somebody has touched it."""
    if done.did(Verb.CREATED):
        if done.changed_since():
            return done.keep(Kept.Reason.CHANGED)
        task.delete()
        keep_next_task([task.deal_id])
        return record(Entry(done.number, Verb.UNDONE), by=work.by, via=work.via, at=work.at)
    entries = _done(task, done) + _columns(task, done)
    if entries:
        task.save()
        keep_next_task([task.deal_id])
        record(*entries, by=work.by, via=work.via, at=work.at)
    return None


def _columns(task: Task, done: Record) -> list[Entry]:
    before = (task.due_at, task.all_day)
    entries = put_back_columns(task, done, CHANGEABLE)
    if any(kept.field in DUE for kept in done.kept):
        task.due_at, task.all_day = before
        entries = [entry for entry in entries if entry.field not in DUE]
    return entries


def _done(task: Task, done: Record) -> list[Entry]:
    """Planned or finished, as it was."""
    steps = [
        Was(None, change.at.isoformat()) if change.verb == Verb.FINISHED else Was(change.old, change.new)
        for change in done.changes
        if change.verb == Verb.FINISHED or change.field == "done_at"
    ]
    if not steps:
        return []
    entries = put_back_values(task, done, {"done_at": Was(steps[0].old, steps[-1].new)})
    if entries:
        finished = Change.objects.filter(number=task.pk, verb=Verb.FINISHED, pk__lt=done.changes[0].pk).last()
        task.done_by = finished.by if finished and task.done_at else None
    return entries
