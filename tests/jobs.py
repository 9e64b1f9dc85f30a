"""Background jobs in tests."""

import time
from pathlib import Path
from typing import Any

from django_tasks import task
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task, TaskResult

from crm.models import Batch


class AtOnce(ImmediateBackend):
    """Does a job while it is enqueued, and lets what it raises through: a job that fails fails the test."""

    def _execute_task(self, task_result: TaskResult[Any]) -> None:
        task: Task[..., Any] = task_result.task
        task.call(*task_result.args, **task_result.kwargs)


@task()
def leave_mark(kind: str) -> None:
    Batch.objects.create(kind=kind)


@task()
def break_down() -> None:
    raise ValueError("this job always fails")


@task()
def wait_for_file(path: str, kind: str) -> None:
    """Says that it has begun, and ends when the file is there."""
    Path(f"{path}.begun").touch()
    while not Path(path).exists():
        time.sleep(0.05)
    Batch.objects.create(kind=kind)
