"""Reminders: on time wherever the person is, and once."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client as HttpClient
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries, Settings

from crm.days import day_ends
from crm.installation import read_anew
from crm.models import Change, Client, Deal, Notification, Task, User
from crm.services.clients import trash_client
from crm.services.deals import trash_deal
from crm.services.installation import change_installation
from crm.services.reminders import remind_of_tasks
from crm.services.rounds import ROUNDS
from crm.services.tasks import change_task, finish_task, reopen_task
from tests.factories import make_client, make_deal, make_task, make_user

NOON = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)  # in Moscow
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_user(full_name="Иванова Анна")


def plan(assignee: User | None, *, on: Deal | Client | None = None, **columns: Any) -> Task:
    return make_task(on or make_deal(), **{"due_at": NOON, "at": NOON - 9 * DAY} | columns, assignee=assignee)


def reminders(at: datetime) -> list[Task | None]:
    """The tasks of which anybody was reminded when the round was gone at `at`."""
    remind_of_tasks(at)
    return [one.task for one in Notification.objects.filter(kind="due").order_by("pk")]


def test_a_task_reminds_its_assignee_at_its_moment_and_once(anna: User) -> None:
    task = plan(anna)
    assert reminders(NOON - MINUTE) == []

    assert reminders(NOON) == [task]

    assert reminders(NOON + MINUTE) == [task]
    [one] = Notification.objects.filter(kind="due")
    assert (one.person, one.due_at, one.at, one.by) == (anna, NOON, NOON, None)


@pytest.mark.parametrize(
    ("zone", "day", "morning"),
    [
        ("", "2026-07-01", "2026-07-01T06:00"),  # the installation's, Moscow
        ("Asia/Vladivostok", "2026-07-01", "2026-06-30T23:00"),
        ("Pacific/Kiritimati", "2026-07-01", "2026-06-30T19:00"),
        ("Pacific/Pago_Pago", "2026-07-01", "2026-07-01T20:00"),
        ("America/New_York", "2026-07-01", "2026-07-01T13:00"),
        ("America/New_York", "2026-12-01", "2026-12-01T14:00"),
        ("Europe/Berlin", "2026-03-28", "2026-03-28T08:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T07:00"),  # the clock was put forward this night
        ("Europe/Berlin", "2026-10-25", "2026-10-25T08:00"),  # and back
    ],
)
def test_a_task_for_the_whole_day_reminds_in_the_morning_of_the_person(
    anna: User, zone: str, day: str, morning: str
) -> None:
    User.objects.update(zone=zone)
    at = datetime.fromisoformat(f"{morning}:00+00:00")
    task = plan(anna, due_at=day_ends(date.fromisoformat(day)), all_day=True, at=at - DAY)

    assert (reminders(at - MINUTE), reminders(at)) == ([], [task])


def test_a_day_of_25_hours_begins_as_any_other(anna: User) -> None:
    with override_settings(TIME_ZONE="America/New_York"):
        task = plan(anna, due_at=day_ends(date(2026, 11, 1)), all_day=True)
        morning = datetime(2026, 11, 1, 14, tzinfo=UTC)

        assert (reminders(morning - MINUTE), reminders(morning)) == ([], [task])


def test_the_morning_is_that_of_the_zone_that_people_chose_for_the_installation(
    anna: User, settings: Settings
) -> None:
    settings.FIXED_BY_ENVIRONMENT = frozenset()
    change_installation(by=None, via=Change.Via.SYSTEM, time_zone="Asia/Vladivostok")
    task = plan(anna, due_at=day_ends(date(2026, 7, 1)), all_day=True)
    morning = datetime(2026, 6, 30, 23, tzinfo=UTC)

    assert (reminders(morning - MINUTE), reminders(morning)) == ([], [task])
    read_anew()


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # a time that no clock showed: the clock went on from 2:00 to 3:00
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # a time that all clocks showed twice: the first
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_reminds_once(
    client: HttpClient, anna: User, typed: str, due: str
) -> None:
    User.objects.update(zone="Europe/Berlin")
    client.force_login(anna)
    day, clock = typed.split("T")
    deal = make_deal(manager=anna, by=anna)
    answer = client.post(
        f"/deals/{deal.pk}/task/", {"text": "Позвонить", "day": day, "time": clock, "assignee": anna.pk}
    )
    assert answer.status_code == 302
    at = datetime.fromisoformat(f"{due}:00+00:00")
    Task.objects.update(created_at=at - DAY)

    assert (reminders(at - MINUTE), reminders(at)) == ([], [Task.objects.get()])
    assert reminders(at + timedelta(hours=1)) == [Task.objects.get()]


def test_a_worker_that_was_down_for_an_hour_catches_up_and_tells_each_once(anna: User) -> None:
    tasks = [plan(anna, due_at=NOON + minute * MINUTE) for minute in (1, 30, 59, 61)]

    assert reminders(NOON + 60 * MINUTE) == tasks[:3]
    assert reminders(NOON + 61 * MINUTE) == tasks


def test_a_reminder_that_nobody_wants_is_not_looked_at_again_nor_made_up_for(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.update(not_told_of=["due"])
    plan(anna)
    remind_of_tasks(NOON)
    assert Notification.objects.in_bell().filter(kind="due").count() == 0

    User.objects.update(not_told_of=[])
    with django_assert_num_queries(1):
        remind_of_tasks(NOON + MINUTE)

    assert Notification.objects.visible_to(anna).unread().filter(kind="due").count() == 0


def test_the_worker_goes_this_round_every_few_seconds() -> None:
    assert dict(ROUNDS)[remind_of_tasks] <= 10


def test_a_task_that_was_moved_reminds_again(anna: User) -> None:
    task = plan(anna)
    assert reminders(NOON) == [task]

    change_task(task=task, by=anna, due_at=NOON + DAY, at=NOON + MINUTE)

    assert reminders(NOON + DAY - MINUTE) == [task]
    assert Notification.objects.visible_to(anna).unread().filter(kind="due").count() == 0
    assert reminders(NOON + DAY) == [task, task]
    assert Notification.objects.visible_to(anna).unread().filter(kind="due").count() == 1


def test_what_was_past_when_it_was_planned_or_moved_there_is_no_news(anna: User) -> None:
    plan(anna, at=NOON + MINUTE)
    moved = plan(anna, due_at=NOON + DAY)
    change_task(task=moved, by=anna, due_at=NOON, at=NOON + MINUTE)
    plan(anna, due_at=day_ends(date(2026, 7, 1)), all_day=True, at=NOON)  # in the morning of its day it was not yet

    assert reminders(NOON + 2 * MINUTE) == []


def test_what_needs_nobody_reminds_nobody(anna: User) -> None:
    done = plan(anna)
    finish_task(task=done, by=anna)
    plan(None)
    deal, client = make_deal(), make_client()
    plan(anna, on=deal)
    plan(anna, on=client)
    trash_deal(deal=deal, by=None)
    trash_client(client=client, by=None)
    left = make_user(is_active=False)
    Task.objects.filter(pk=plan(None).pk).update(assignee=left)

    assert reminders(NOON) == []
    reopen_task(task=done, by=anna)
    assert reminders(NOON) == [done]


def test_after_a_long_pause_only_the_last_week_is_made_up_for(anna: User) -> None:
    plan(anna)

    assert reminders(NOON + 7 * DAY) == []
    assert reminders(NOON + 7 * DAY - MINUTE) == [Task.objects.get()]


def test_a_round_without_anything_due_reads_once_and_writes_nothing(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plan(anna)
    remind_of_tasks(NOON)
    plan(anna, due_at=NOON + DAY)

    with django_assert_num_queries(1) as captured:
        remind_of_tasks(NOON)
    assert captured.captured_queries[0]["sql"].startswith("SELECT")


@pytest.mark.django_db(transaction=True)
def test_several_workers_remind_once(anna: User) -> None:
    task = plan(anna)
    together = Barrier(3)

    def work() -> None:
        together.wait()
        remind_of_tasks(NOON)
        connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [one.task for one in Notification.objects.filter(kind="due")] == [task]
