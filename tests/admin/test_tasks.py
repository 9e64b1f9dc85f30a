"""Tasks, messages and calls."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from crm.models import Change, Task, User
from tests.admin.pages import said, save
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user


def page(task: Task) -> str:
    return f"/admin/crm/task/{task.pk}/change/"


def test_a_task_is_planned_anew(office: Browser) -> None:
    task, assignee = make_task(make_deal(), due_at=datetime(2026, 5, 1, 9, 0, tzinfo=UTC)), make_user()

    save(office, page(task), text="Написать", assignee=assignee.pk, due_at_0="2026-05-02", due_at_1="10:00:00")

    task.refresh_from_db()
    assert (task.text, task.assignee, task.due_at) == (
        "Написать",
        assignee,
        datetime(2026, 5, 2, 7, 0, tzinfo=UTC),  # 10:00 in Moscow
    )
    changes = Change.objects.filter(number=task.pk, verb="changed").order_by("pk")
    assert list(changes.values_list("field", "via")) == [("text", "admin"), ("due_at", "admin"), ("assignee", "admin")]


def test_a_task_for_a_whole_day_is_due_when_the_day_ends(office: Browser) -> None:
    task = make_task(make_deal(), due_at=datetime(2026, 5, 1, 9, 0, tzinfo=UTC))

    save(office, page(task), all_day="on")

    task.refresh_from_db()
    assert (task.all_day, task.due_at) == (True, datetime(2026, 5, 1, 20, 59, 59, 999999, tzinfo=UTC))


def test_saving_without_a_change_leaves_no_trace(office: Browser) -> None:
    task = make_task(make_deal(), assignee=make_user(is_active=False))
    before = Task.objects.filter(pk=task.pk).values().get()

    assert save(office, page(task)).status_code == 302

    assert Task.objects.filter(pk=task.pk).values().get() == before


def test_tasks_are_finished(office: Browser, administrator: User) -> None:
    task, done = make_task(make_deal()), make_task(make_deal(), text="Сделано")
    Task.objects.filter(pk=done.pk).update(done_at=timezone.now())

    response = office.post(
        "/admin/crm/task/", {"action": "finish", "_selected_action": [task.pk, done.pk], "index": 0}
    )

    task.refresh_from_db()
    assert (said(response), task.done_by) == ("1 task is done.", administrator)
    assert Change.objects.get(verb="finished").number == task.pk


def test_a_finished_task_is_only_shown(office: Browser) -> None:
    task = make_task(make_deal())
    Task.objects.filter(pk=task.pk).update(done_at=timezone.now())

    assert office.get(page(task)).context["has_change_permission"] is False


def test_the_filters_narrow_the_list(office: Browser) -> None:
    assignee, moment = make_user(), timezone.now()
    overdue = make_task(make_deal(), due_at=moment - timedelta(hours=1))
    coming = make_task(make_deal(), due_at=moment + timedelta(hours=1), assignee=assignee)
    done = make_task(make_deal())
    Task.objects.filter(pk=done.pk).update(done_at=moment)

    def listed(query: str) -> list[Task]:
        return list(office.get(f"/admin/crm/task/?{query}").context["cl"].result_list)

    assert listed("state=overdue") == [overdue]
    assert listed("state=unfinished") == [coming, overdue]
    assert listed("state=done") == [done]
    assert listed(f"assignee={assignee.pk}") == [coming]


@pytest.mark.parametrize(("path", "make"), [("message", make_message), ("task", make_task)])
@pytest.mark.parametrize("subject", [make_deal, make_client, make_call])
def test_an_activity_says_what_it_belongs_to(
    office: Browser, path: str, make: Callable[..., Any], subject: Callable[[], Any]
) -> None:
    owner = subject()
    activity = make(owner)

    content = office.get(f"/admin/crm/{path}/{activity.pk}/change/").content.decode()

    assert f"/{type(owner).__name__.lower()}/{owner.pk}/change/" in content


@pytest.mark.parametrize(
    ("path", "make"), [("message", lambda: make_message(make_deal())), ("call", make_call)], ids=["message", "call"]
)
def test_what_was_said_is_only_shown(office: Browser, path: str, make: Callable[[], Any]) -> None:
    row = make()

    assert office.get(f"/admin/crm/{path}/{row.pk}/change/").context["has_change_permission"] is False
    assert office.post(f"/admin/crm/{path}/{row.pk}/change/", {"text": "x"}).status_code == 403
    assert office.get(f"/admin/crm/{path}/add/").status_code == 403


def test_a_call_shows_its_record_as_a_link_and_the_unreadable_as_text(office: Browser) -> None:
    call = make_call(file_url="https://example.com/1.mp3", unread={"file_url": "javascript:alert(1)"})

    content = office.get(f"/admin/crm/call/{call.pk}/change/").content.decode()

    assert '<a href="https://example.com/1.mp3" rel="noopener noreferrer"' in content
    assert 'href="javascript' not in content
    assert "javascript:alert(1)" in content


@pytest.mark.parametrize(
    ("path", "make", "queries"),
    [
        ("task", lambda: make_task(make_deal(client=make_client()), assignee=make_user()), 5),
        ("message", lambda: make_message(make_deal(), by=make_user()), 3),
        ("call", lambda: make_call(deal=make_deal(), manager=make_user()), 3),
    ],
    ids=["task", "message", "call"],
)
def test_a_page_takes_few_queries(
    office: Browser,
    django_assert_num_queries: Callable[..., Any],
    path: str,
    make: Callable[[], Any],
    queries: int,
) -> None:
    row = make()

    with django_assert_num_queries(queries):
        office.get(f"/admin/crm/{path}/{row.pk}/change/")
