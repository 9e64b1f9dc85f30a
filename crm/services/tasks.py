"""Tasks."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from crm.days import day_ends, day_of
from crm.models import Batch, Call, Change, Deal, Task, User
from crm.services.atomic import atomic
from crm.services.conflicts import demand_seen
from crm.services.history import Entry, record
from crm.services.next_tasks import keep_next_task, lock_deals
from crm.services.notifications import tell_assignee
from crm.services.subjects import Subject, belonging

# What `change_task` writes; done is `finish_task` and `reopen_task`.
CHANGEABLE = frozenset({"text", "due_at", "all_day", "assignee"})


@atomic
def plan_task(
    *,
    subject: Subject,
    text: str,
    due_at: datetime,
    by: User | None,
    assignee: User | None = None,
    all_day: bool = False,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Task:
    """Plan a task, for the subject's manager unless somebody is named."""
    moment, belongs = at or timezone.now(), belonging(subject)
    lock_deals(subject.pk if isinstance(subject, Deal) else None)
    task = Task.objects.create(
        text=text,
        due_at=due_at,
        all_day=all_day,
        assignee=assignee or manager_of(subject),
        author=by,
        created_at=moment,
        **belongs,
    )
    keep_next_task([task.deal_id])
    record(Entry(task.pk, Change.Verb.CREATED), by=by, via=via, at=moment, batch=batch)
    tell_assignee(task=task, by=by, via=via, at=moment, batch=batch)
    return task


@atomic
def finish_task(
    *,
    task: Task,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Task:
    """Mark a task as done; one that is done already stays as it is."""
    task = locked(task)
    if task.done_at is None:
        task.done_at, task.done_by = at or timezone.now(), by
        task.save(update_fields=["done_at", "done_by"])
        keep_next_task([task.deal_id])
        record(Entry(task.pk, Change.Verb.FINISHED), by=by, via=via, at=task.done_at, batch=batch)
    return task


@atomic
def reopen_task(
    *,
    task: Task,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Task:
    """Take a task back among the planned ones: it was marked as done by mistake, or is not done after all."""
    task = locked(task)
    if task.done_at is not None:
        entry = Entry(task.pk, Change.Verb.CHANGED, "done_at", task.done_at, None)
        task.done_at = task.done_by = None
        task.save(update_fields=["done_at", "done_by"])
        keep_next_task([task.deal_id])
        record(entry, by=by, via=via, at=at, batch=batch)
    return task


@atomic
def change_task(
    *,
    task: Task,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    seen: int | None = None,
    at: datetime | None = None,
    batch: Batch | None = None,
    **columns: Any,
) -> Task:
    """Write the given columns: another day, another text, another assignee. What is as it was leaves no trace.

    One for a whole day is due when that day ends. `seen` is the task's last Change that whoever writes knew; Conflict
    where a later one touches what he writes.
    """
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_task() does not write {', '.join(sorted(unknown))}")
    task = locked(task)
    if columns.get("all_day", task.all_day):
        columns["due_at"] = end_of_day(columns.get("due_at", task.due_at))
    entries = []
    for name, new in columns.items():
        old = getattr(task, name)
        if old != new:
            setattr(task, name, new)
            entries.append(Entry(task.pk, Change.Verb.CHANGED, name, old, new))
    demand_seen(task.pk, [entry.field for entry in entries], seen=seen)
    if entries:
        task.save(update_fields=[entry.field for entry in entries])
        keep_next_task([task.deal_id])
        record(*entries, by=by, via=via, at=at, batch=batch)
    if any(entry.field == "assignee" for entry in entries):
        tell_assignee(task=task, by=by, via=via, at=at or timezone.now(), batch=batch)
    return task


def locked(task: Task) -> Task:
    """The task as it stands in the database now, its row and its deal's locked to the end of the transaction."""
    lock_deals(task.deal_id)
    related = ("deal", "client", "call", "assignee")
    return Task.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=task.pk)


def end_of_day(moment: datetime) -> datetime:
    """The last moment of the installation's day in which `moment` lies."""
    return day_ends(day_of(moment))


def manager_of(subject: Subject) -> User | None:
    """Who is responsible for a deal, a client or a call; None where it is nobody who works here today."""
    manager = subject.manager
    if manager is None and not isinstance(subject, Call) and (client := getattr(subject, "client", None)):
        manager = client.manager
    return manager if manager is not None and manager.is_active else None
