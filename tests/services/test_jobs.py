"""The queue of background jobs: each is done once, and again only if its worker died."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import Batch, Lease
from crm.services import jobs
from crm.services.jobs import ATTEMPTS, LEASE, do_job, free_lost_jobs, take_job, trim_jobs
from tests.jobs import break_down, leave_mark

pytestmark = pytest.mark.django_db

Queued = DBTaskResult[..., Any]


@pytest.fixture(autouse=True)
def _queue(settings: Settings) -> None:
    """Jobs wait in the database, as in the product."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def taken(worker: str = "one") -> Queued:
    job = take_job(worker=worker)
    assert job is not None
    return job


def test_a_job_is_done_and_leaves_no_lease() -> None:
    leave_mark.enqueue("first")

    do_job(taken(), worker="one")

    assert [batch.kind for batch in Batch.objects.all()] == ["first"]
    assert [(job.status, job.worker_ids) for job in DBTaskResult.objects.all()] == [("SUCCESSFUL", ["one"])]
    assert (take_job(worker="one"), Lease.objects.count()) == (None, 0)


def test_a_job_of_a_transaction_that_came_to_nothing_is_never_done() -> None:
    with transaction.atomic():
        leave_mark.enqueue("first")
        transaction.set_rollback(True)

    assert take_job(worker="one") is None


def test_a_job_that_is_taken_is_not_taken_by_another() -> None:
    leave_mark.enqueue("first")
    taken("one")

    assert (free_lost_jobs(), take_job(worker="other")) == (0, None)


def test_a_failed_job_is_kept_with_what_it_said_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    break_down.enqueue()

    do_job(taken(), worker="one")

    [job] = DBTaskResult.objects.all()
    assert (job.status, job.exception_class_path) == ("FAILED", "builtins.ValueError")
    assert [record.getMessage() for record in caplog.records] == ["tests.jobs.break_down failed"]
    assert (take_job(worker="one"), Lease.objects.count()) == (None, 0)


def test_the_job_of_a_worker_that_died_is_taken_up_again() -> None:
    leave_mark.enqueue("first")
    taken("one")

    assert free_lost_jobs(timezone.now() + LEASE) == 1
    do_job(taken("other"), worker="other")

    [job] = DBTaskResult.objects.all()
    assert (job.status, job.worker_ids, Batch.objects.count()) == ("SUCCESSFUL", ["one", "other"], 1)


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    leave_mark.enqueue("first")
    for attempt in range(ATTEMPTS):
        taken(str(attempt))
        free_lost_jobs(timezone.now() + LEASE)

    [job] = DBTaskResult.objects.all()
    assert (job.status, job.exception_class_path) == ("FAILED", "crm.services.jobs.WorkerDied")
    assert (take_job(worker="one"), Lease.objects.count()) == (None, 0)


def test_a_database_that_goes_away_fails_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_mark.enqueue("first")
    job = taken()

    def away(*args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(Batch.objects, "create", lambda **columns: away())
    with pytest.raises(OperationalError):
        do_job(job, worker="one")

    assert [(lease.job, lease.worker) for lease in Lease.objects.all()] == [(job.pk, "one")]
    assert [job.status for job in DBTaskResult.objects.all()] == ["RUNNING"]


@pytest.mark.django_db(transaction=True)
def test_who_works_longer_than_its_lease_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEWAL_SECONDS", 0.01)
    leave_mark.enqueue("first")
    job = taken()
    Lease.objects.update(until=timezone.now())
    renewed = threading.Event()

    def look(*, attempts: int = 500) -> None:
        for _ in range(attempts):
            if Lease.objects.filter(until__gt=timezone.now() + LEASE / 2).exists():
                renewed.set()
                return
            threading.Event().wait(0.01)

    monkeypatch.setattr(Batch.objects, "create", lambda **columns: look())
    do_job(job, worker="one")

    assert renewed.is_set()


def test_an_empty_queue_costs_two_plain_reads(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2) as queries:
        free_lost_jobs()
        take_job(worker="one")

    assert {query["sql"].split()[0] for query in queries.captured_queries} == {"SELECT"}


def test_rows_of_jobs_go_when_they_ended_long_ago() -> None:
    now = timezone.now()
    for status, days in [("SUCCESSFUL", 0), ("SUCCESSFUL", 2), ("FAILED", 2), ("FAILED", 31), ("READY", 99)]:
        DBTaskResult.objects.create(
            status=status, finished_at=now - timedelta(days=days), task_path=f"{status} {days}", args_kwargs={}
        )

    trim_jobs(now)

    assert sorted(DBTaskResult.objects.values_list("task_path", flat=True)) == ["FAILED 2", "READY 99", "SUCCESSFUL 0"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_do_each_job_once() -> None:
    for number in range(12):
        leave_mark.enqueue(str(number))
    begin = threading.Barrier(3)

    def work(worker: str) -> None:
        begin.wait()
        while job := take_job(worker=worker):
            do_job(job, worker=worker)
        connection.close()

    threads = [threading.Thread(target=work, args=[str(number)]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(batch.kind) for batch in Batch.objects.all()) == list(range(12))
