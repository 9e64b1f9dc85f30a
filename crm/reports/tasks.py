"""The list of tasks as it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.models import Call, Client, Deal, Task, User

# What a row of the list says besides the task itself.
BESIDE = ("deal__client", "client", "call", "assignee", "done_by")


@dataclass(frozen=True)
class TaskRow:
    """`subject` is what the task belongs to, None where the viewer must not see it: a task can be given to somebody
    who does not see the deal.
    """

    task: Task
    subject: Deal | Client | Call | None


def task_rows(tasks: Iterable[Task], *, viewer: User) -> list[TaskRow]:
    """`tasks` with all that BESIDE names fetched."""
    tasks = list(tasks)
    seen = None if viewer.sees_all else _numbers_seen(tasks, viewer)
    rows = []
    for task in tasks:
        subject = task.deal or task.client or task.call
        rows.append(TaskRow(task, subject if seen is None or (subject and subject.pk in seen) else None))
    return rows


def _numbers_seen(tasks: list[Task], viewer: User) -> set[int]:
    """Of the deals, clients and calls of these tasks the numbers of those that the viewer sees."""
    seen: set[int] = set()
    for model, name in ((Deal, "deal_id"), (Client, "client_id"), (Call, "call_id")):
        numbers = {getattr(task, name) for task in tasks} - {None}
        seen |= set(model.objects.visible_to(viewer).filter(pk__in=numbers).values_list("pk", flat=True))
    return seen
