"""The list of tasks as it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.models import Call, Client, Deal, Task, User
from crm.reports.subjects_seen import subjects_seen

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
    seen = subjects_seen(tasks, viewer=viewer)
    return [TaskRow(task, seen.get(task.pk)) for task in tasks]
