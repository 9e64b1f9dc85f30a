"""Work of a job that is done in pieces, each a transaction of its own: others write between two of them, a worker that
dies leaves nothing half done, and no job keeps a worker from what else there is to do.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

# A worker stays with one work so long, and then sees what else there is to do.
SECONDS_A_JOB = 2.0
# Between two pieces others may write: on SQLite one writes at a time, and who waits looks each tenth of a second.
BREATH = 0.15


def in_pieces(piece: Callable[[], bool], *, again: Callable[[], object]) -> bool:
    """Do piece after piece until one says that nothing is left; after some seconds `again` enqueues the rest. Whether
    all is done is returned.
    """
    until = time.monotonic() + SECONDS_A_JOB
    while piece():
        if time.monotonic() > until:
            again()
            return False
        time.sleep(BREATH)
    return True


@contextmanager
def stopping(rows: QuerySet[Any], state: str) -> Iterator[None]:
    """What goes wrong within puts these rows into `state`; a database that went away fails nothing, the job is done
    again.
    """
    try:
        yield
    except OperationalError:
        raise
    except Exception:
        rows.update(state=state)
        raise


def jobs_under_way(module_path: str) -> QuerySet[Any]:
    """The jobs of a task that wait or are at work."""
    return DBTaskResult.objects.filter(status__in=["READY", "RUNNING"], task_path=module_path)


@dataclass
class Place:
    """How far a work has come that goes by ascending keys: `last` is done."""

    last: int

    def move_to(self, last: int | None) -> bool:
        """Whether there may be more: None is the end."""
        self.last = self.last if last is None else last
        return last is not None
