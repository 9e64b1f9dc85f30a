"""Reminders: a task's assignee is told when it falls due, once for each moment that it is due at."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.days import day_of
from crm.installation import zone
from crm.models import Change, Notification, NotificationKind, Task, User
from crm.models.task import TaskQuerySet
from crm.services.notifications import notify

# A task for the whole day reminds in the morning by the clock of who is to do it.
MORNING = time(9)
# Where no worker ran for longer, reminders of what fell due before are left out: the list has it as overdue.
MADE_UP_FOR = timedelta(days=7)
# A day begins in one zone up to 26 hours before it does in another, and ends as much later.
ZONES_APART = timedelta(hours=26)


def remind_of_tasks(at: datetime | None = None) -> None:
    """A round: tell of what has fallen due and was not told yet. Several workers may go it at once."""
    moment = at or timezone.now()
    for task in _perhaps_due(moment):
        assignee, planned_at = task.assignee, vars(task)["planned_at"]
        # What was past when it was planned, or moved there, is no news to whoever did it.
        if assignee is not None and planned_at <= reminder_at(task, assignee) <= moment:
            notify([assignee], kind=NotificationKind.DUE, task=task, due_at=task.due_at, by=None, at=moment)


def reminder_at(task: Task, person: User) -> datetime:
    """When a task is due: at its moment, or in the morning of its day."""
    if not task.all_day:
        return task.due_at
    clock = ZoneInfo(person.zone) if person.zone else zone()
    return datetime.combine(day_of(task.due_at), MORNING, clock)


def _perhaps_due(at: datetime) -> TaskQuerySet:
    """Tasks that somebody has to do and that nobody was reminded of: due, or for a day that has begun somewhere.

    With `planned_at`: when they were last planned for another moment.
    """
    reminded = Notification.objects.filter(kind=NotificationKind.DUE, task=OuterRef("pk"), due_at=OuterRef("due_at"))
    moves = Change.objects.filter(number=OuterRef("pk"), field__in=["due_at", "all_day"]).order_by("-pk")
    due = Q(all_day=False, due_at__lte=at) | Q(all_day=True, due_at__lte=at + timedelta(days=1) + ZONES_APART)
    return (
        Task.objects.unfinished()
        .filter(due, ~Exists(reminded), due_at__gt=at - MADE_UP_FOR, assignee__is_active=True)
        .filter(Q(deal=None) | Q(deal__trashed_at=None), Q(client=None) | Q(client__trashed_at=None))
        .annotate(planned_at=Coalesce(Subquery(moves.values("at")[:1]), "created_at"))
        .select_related("assignee")
        .order_by("due_at", "pk")
    )
