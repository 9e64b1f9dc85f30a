"""The queue of background jobs, as the worker (`manage.py work`) sees it.

A job is a function under `@task()` in the service module of its noun. It takes plain values: keys of rows, and who
wants it done, whose rights it checks again. The service enqueues it inside its own transaction, so that the job is
there if what it works on is. A worker may die in the middle of it, and another begins it anew: running twice does no
harm. It ends within seconds, and enqueues itself for what is left.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.models import Lease

logger = logging.getLogger(__name__)

# How long a worker that shows no life is believed to be at its job, and how often it shows life.
LEASE = timedelta(seconds=30)
RENEWAL_SECONDS = 5
# Begun so often and never ended, a job is what kills its workers.
ATTEMPTS = 5

KEPT_DONE = timedelta(days=1)
KEPT_FAILED = timedelta(days=30)


class WorkerDied(Exception):  # noqa: N818  (what happened, not what is wrong with the job)
    """Each worker that began the job died over it."""


def free_lost_jobs(at: datetime | None = None) -> int:
    """Put the jobs of workers that died back into the queue; how many is returned. One that had its ATTEMPTS fails."""
    moment = at or timezone.now()
    lost = Lease.objects.filter(until__lte=moment)
    if not lost.exists():  # a plain read: SQLite's one write lock is not taken to find that there is nothing to do
        return 0
    with transaction.atomic():
        leases = {lease.pk: lease for lease in lost.select_for_update(skip_locked=True)}
        jobs = list(DBTaskResult.objects.running().filter(pk__in=leases).select_for_update())
        for job in jobs:
            if len(job.worker_ids) < ATTEMPTS:
                job.status = "READY"
                job.save(update_fields=["status"])
            else:
                job.set_failed(WorkerDied(f"{len(job.worker_ids)} workers died over it"))
            logger.warning("%s of %s was left undone: now %s", job.task_path, leases[job.pk].worker, job.status)
        Lease.objects.filter(pk__in=leases).delete()
    return len(jobs)


def take_job(*, worker: str, at: datetime | None = None) -> "DBTaskResult[..., Any] | None":
    """The next job that is ready, now this worker's; None where there is none, or others were faster."""
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        job = DBTaskResult.objects.ready().get_locked()
        if job is not None:
            job.claim(worker)
            Lease.objects.create(job=job.pk, worker=worker, until=(at or timezone.now()) + LEASE)
    return job


def do_job(job: "DBTaskResult[..., Any]", *, worker: str) -> None:
    """Do a job that was taken. What it raises makes it a failed one, and is logged.

    OperationalError is raised: a database that goes away is no fault of the job, which is done again when the lease
    has run out.
    """
    with lease_renewed(job.pk, worker=worker):
        try:
            result = job.task_result
            value = job.task.call(*result.args, **result.kwargs)
        except OperationalError:
            raise
        except Exception as error:
            logger.exception("%s failed", job.task_path)
            job.set_failed(error)
        else:
            job.set_successful(value)
    Lease.objects.filter(job=job.pk, worker=worker).delete()


@contextmanager
def lease_renewed(job: UUID, *, worker: str) -> Iterator[None]:
    """Keeps a lease alive beside what runs within."""
    ended = Event()
    renewing = Thread(target=_renew, args=[job, worker, ended], daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def _renew(job: UUID, worker: str, ended: Event) -> None:
    try:
        while not ended.wait(RENEWAL_SECONDS):
            try:
                Lease.objects.filter(job=job, worker=worker).update(until=timezone.now() + LEASE)
            except DatabaseError:
                logger.exception("The lease of a job could not be renewed")
    finally:
        connection.close()  # this thread's own


def trim_jobs(at: datetime | None = None) -> None:
    """Delete the rows of jobs that ended long ago."""
    moment = at or timezone.now()
    done = Q(status="SUCCESSFUL", finished_at__lt=moment - KEPT_DONE)
    failed = Q(status="FAILED", finished_at__lt=moment - KEPT_FAILED)
    DBTaskResult.objects.filter(done | failed).delete()
