"""The list of tasks as it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.models import Call, Client, Deal, Task, User
from crm.models.task import TaskQuerySet
from crm.reports.subjects_seen import SUBJECTS, UNSAID, subjects_seen


@dataclass(frozen=True)
class TaskRow:
    """`subject` is what the task belongs to, None where the viewer must not see it: a task can be given to somebody
    who does not see the deal.
    """

    task: Task
    subject: Deal | Client | Call | None

    @property
    def group(self) -> str:
        """Which group the task was asked for by (`TaskFilter.first_of`)."""
        group: str = self.task.group  # type: ignore[attr-defined]  # annotated
        return group


def with_subjects(tasks: TaskQuerySet) -> TaskQuerySet:
    """The tasks with what their rows say beside them."""
    return tasks.select_related(*SUBJECTS, "call", "assignee").defer(*UNSAID, "call__unread")


def task_rows(tasks: Iterable[Task], *, viewer: User) -> list[TaskRow]:
    """`tasks` as `with_subjects` has them."""
    tasks = list(tasks)
    seen = subjects_seen(tasks, viewer=viewer)
    return [TaskRow(task, seen.get(task.pk)) for task in tasks]
