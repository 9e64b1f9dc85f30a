"""Tasks."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.models import Call, Change, Task, User
from crm.services.history import Entry, record
from crm.services.subjects import Subject, belonging


@transaction.atomic
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
) -> Task:
    """Plan a task, for the subject's manager unless somebody is named."""
    moment = at or timezone.now()
    task = Task.objects.create(
        text=text,
        due_at=due_at,
        all_day=all_day,
        assignee=assignee or manager_of(subject),
        author=by,
        created_at=moment,
        **belonging(subject),
    )
    record(Entry(task.pk, Change.Verb.CREATED), by=by, via=via, at=moment)
    return task


def manager_of(subject: Subject) -> User | None:
    """Who is responsible for a deal, a client or a call; None where it is nobody who works here today."""
    manager = subject.manager
    if manager is None and not isinstance(subject, Call) and (client := getattr(subject, "client", None)):
        manager = client.manager
    return manager if manager is not None and manager.is_active else None
