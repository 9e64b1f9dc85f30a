"""The list of tasks, and what is done with one by a click."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.days import day_begins, day_ends, today
from crm.filters.tasks import TaskFilter, TaskGroup
from crm.models import Role, Task, User
from crm.services.tasks import finish_task
from tests.factories import make_call, make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def desk(marina: User) -> Browser:
    return log_in(marina)


def log_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def listed(browser: Browser, **query: Any) -> dict[str, list[str]]:
    """Group → the texts of its tasks, empty groups left out."""
    answer = browser.get("/tasks/", query)
    assert answer.status_code == 200
    return {group.value: [row.task.text for row in rows] for group, _, rows in answer.context["groups"] if rows}


def in_hours(hours: float) -> datetime:
    return timezone.now() + timedelta(hours=hours)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_takes_the_same_queries_whatever_it_shows(
    desk: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        deal = make_deal(client=make_client(), manager=marina)
        make_task(deal, due_at=in_hours(-number - 1), assignee=marina)
        make_task(make_client(), due_at=in_hours(72 + number), assignee=marina)
        finish_task(task=make_task(make_call(), assignee=marina), by=marina)

    # Session, person, people to choose from, counts, the tasks of all groups, overdue tasks in the rail.
    with django_assert_num_queries(6):
        answer = desk.get("/tasks/")

    assert [(group.value, counted) for group, counted in answer.context["counts"]] == [
        ("overdue", count),
        ("today", 0),
        ("tomorrow", 0),
        ("later", count),
        ("done", count),
    ]


def test_tasks_stand_in_the_groups_of_the_installations_days(marina: User) -> None:
    # In Moscow it is Monday 23:30 already, in London still 20:30.
    at = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    deal = make_deal()
    due = {
        "просрочена": at - timedelta(minutes=1),
        "сегодня в 23:45": at + timedelta(minutes=15),
        "сегодня весь день": day_ends(date(2026, 11, 23)),
        "завтра в 00:00": day_begins(date(2026, 11, 24)),
        "завтра весь день": day_ends(date(2026, 11, 24)),
        "послезавтра": day_begins(date(2026, 11, 25)),
    }
    for text, moment in due.items():
        make_task(deal, text, due_at=moment, assignee=marina)
    make_task(deal, "вчера весь день", due_at=day_ends(date(2026, 11, 22)), all_day=True, assignee=marina)

    asked = TaskFilter({}, user=marina, at=at)

    with timezone.override("Europe/London"):
        found = {
            group.value: list(
                asked.tasks().filter(group.condition(at)).order_by(*group.order).values_list("text", flat=True)
            )
            for group in TaskGroup
        }
    assert found == {
        "overdue": ["вчера весь день", "просрочена"],
        "today": ["сегодня в 23:45", "сегодня весь день"],
        "tomorrow": ["завтра в 00:00", "завтра весь день"],
        "later": ["послезавтра"],
        "done": [],
    }


def test_one_sees_ones_own_tasks_unless_others_are_asked_for(desk: Browser, marina: User) -> None:
    oleg = make_user()
    make_task(make_deal(), "моя", due_at=in_hours(-1), assignee=marina)
    make_task(make_deal(), "Олега", due_at=in_hours(-1), assignee=oleg)
    make_task(make_deal(), "ничья", due_at=in_hours(-1))

    assert listed(desk) == {"overdue": ["моя"]}
    assert listed(desk, of="me") == {"overdue": ["моя"]}
    assert listed(desk, of="all") == {"overdue": ["моя", "Олега", "ничья"]}
    assert listed(desk, of=oleg.pk) == {"overdue": ["Олега"]}
    assert listed(desk, of="nobody") == {"overdue": ["ничья"]}
    assert listed(desk, of="777", show="x") == {"overdue": ["моя"]}


def test_one_group_has_pages(desk: Browser, marina: User) -> None:
    for number in range(51):
        make_task(make_deal(), f"задача {number}", due_at=in_hours(-100 + number), assignee=marina)

    assert len(listed(desk)["overdue"]) == 25
    assert listed(desk, show="overdue", page=2) == {"overdue": ["задача 50"]}
    assert listed(desk, show="done") == {}


def test_one_who_sees_only_his_own_sees_no_task_of_a_colleague_nor_what_his_own_are_on(marina: User) -> None:
    own = make_user(own_only=True)
    secret = make_deal("Тайная сделка", manager=marina)
    make_task(secret, "чужая", assignee=marina)
    make_task(secret, "поручена мне", assignee=own)
    make_task(make_deal("Своя сделка", manager=own), "на моей сделке", assignee=marina)

    answer = log_in(own).get("/tasks/?of=all")

    [rows] = [rows for group, _, rows in answer.context["groups"] if group == TaskGroup.OVERDUE]
    assert [(row.task.text, str(row.subject)) for row in rows] == [
        ("поручена мне", "None"),
        ("на моей сделке", "Своя сделка"),
    ]
    assert "Тайная сделка" not in answer.content.decode()


def test_an_observer_sees_everybodys_tasks_and_no_button() -> None:
    make_task(make_deal(), "чья-то", assignee=make_user(), due_at=in_hours(-1))
    browser = log_in(make_user(role=Role.OBSERVER))

    text = browser.get("/tasks/").content.decode()

    assert listed(browser) == {"overdue": ["чья-то"]}
    assert [word for word in ("/done/", "/move/", "/tasks/new/") if word in text] == []


def test_empty_lists_say_how_to_begin(desk: Browser, marina: User) -> None:
    assert "You have no tasks" in desk.get("/tasks/").content.decode()
    assert "No tasks here" in desk.get("/tasks/?of=all").content.decode()
    finish_task(task=make_task(make_deal(), assignee=marina), by=marina)
    assert "All done" in desk.get("/tasks/").content.decode()


# --- By a click ---


def test_a_task_is_done_and_taken_back_and_one_is_where_one_was(desk: Browser, marina: User) -> None:
    task = make_task(make_deal())

    answer = desk.post(f"/tasks/{task.pk}/done/", {"next": "/tasks/?of=all&show=overdue"})

    assert (answer.status_code, answer["Location"]) == (302, "/tasks/?of=all&show=overdue")
    task.refresh_from_db()
    assert (task.done_at is not None, task.done_by) == (True, marina)
    assert desk.post(f"/tasks/{task.pk}/reopen/")["Location"] == "/tasks/"
    task.refresh_from_db()
    assert task.done_at is None


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:x()"])
def test_nobody_is_led_away(desk: Browser, elsewhere: str) -> None:
    task = make_task(make_deal())

    assert desk.post(f"/tasks/{task.pk}/done/", {"next": elsewhere})["Location"] == "/tasks/"


@pytest.mark.parametrize(("day", "distance"), [("tomorrow", 1), ("week", None), ("2026-12-31", None)])
def test_a_task_is_moved_and_keeps_its_time_of_day(desk: Browser, day: str, distance: int | None) -> None:
    expected = {
        "tomorrow": today() + timedelta(days=1),
        "week": today() + timedelta(days=7 - today().weekday()),
        "2026-12-31": date(2026, 12, 31),
    }[day]
    at_noon = make_task(make_deal(), due_at=day_begins(date(2026, 11, 2)) + timedelta(hours=12))
    all_day = make_task(make_deal(), due_at=day_ends(date(2026, 11, 2)), all_day=True)

    for task in (at_noon, all_day):
        desk.post(f"/tasks/{task.pk}/move/", {"day": day})
        task.refresh_from_db()

    assert at_noon.due_at == day_begins(expected) + timedelta(hours=12)
    assert all_day.due_at == day_ends(expected)
    assert (expected.weekday() == 0) or day != "week"


@pytest.mark.parametrize("day", ["", "2026-02-30", "0001-01-01", "9999-12-31", "вчера"])
def test_a_day_that_is_none_moves_nothing_and_is_said(desk: Browser, day: str) -> None:
    task = make_task(make_deal())
    due = task.due_at

    answer = desk.post(f"/tasks/{task.pk}/move/", {"day": day}, follow=True)

    task.refresh_from_db()
    assert (task.due_at, "Choose a day to move the task to." in answer.content.decode()) == (due, True)


# --- A new task, a changed one ---


def plan(browser: Browser, marina: User, query: str = "", **typed: Any) -> Any:
    due = {"text": "Позвонить", "day": "2026-12-01", "assignee": marina.pk}
    return browser.post(f"/tasks/new/{query}", due | typed)


def test_a_task_is_planned_for_a_deal_by_its_number(desk: Browser, marina: User) -> None:
    deal = make_deal()

    answer = plan(desk, marina, find=f"#{deal.pk}")

    task = Task.objects.get()
    assert (answer.status_code, task.deal, task.text, task.assignee) == (302, deal, "Позвонить", marina)
    assert (task.all_day, task.due_at) == (True, day_ends(date(2026, 12, 1)))


def test_a_time_is_by_the_persons_clock(marina: User) -> None:
    marina.zone = "Asia/Vladivostok"
    marina.save()

    plan(log_in(marina), marina, query=f"?deal={make_deal().pk}", time="09:30")

    assert Task.objects.get().due_at == datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


def test_of_several_found_one_is_chosen(desk: Browser, marina: User) -> None:
    one, other = make_client("Анна Ли"), make_client("Анна Ким")

    answer = plan(desk, marina, find="анна")

    assert answer.context["form"].errors == {"find": ["Choose which one is meant."]}
    assert answer.context["form"].offered.clients == [other, one]
    plan(desk, marina, find="анна", subject=one.pk)
    assert Task.objects.get().client == one


@pytest.mark.parametrize(
    ("find", "error"),
    [("", "Say which deal or client it is for."), ("такого нет", "No deal and no client is found by this.")],
)
def test_a_task_needs_something_that_it_is_for(desk: Browser, marina: User, find: str, error: str) -> None:
    answer = plan(desk, marina, find=find)

    assert (answer.context["form"].errors, Task.objects.count()) == ({"find": [error]}, 0)
    assert answer.context["form"]["text"].value() == "Позвонить"


def test_a_colleagues_deal_is_not_found_for_a_task_nor_by_its_number(marina: User) -> None:
    own = make_user(own_only=True)
    secret = make_deal("Тайная сделка", manager=marina)
    browser = log_in(own)

    assert plan(browser, own, find="тайная").context["form"].errors == {
        "find": ["No deal and no client is found by this."]
    }
    assert plan(browser, own, subject=secret.pk).status_code == 200
    assert plan(browser, own, query=f"?deal={secret.pk}").status_code == 404
    assert "Тайная" not in browser.get("/subjects/?find=тайная").content.decode()
    assert Task.objects.count() == 0


def test_a_task_is_planned_on_a_call_of_nobody(desk: Browser, marina: User) -> None:
    call = make_call(caller="+79234102994")

    plan(desk, marina, query=f"?call={call.pk}", next="/calls/")

    assert Task.objects.get().call == call


def test_a_task_is_changed(desk: Browser, marina: User) -> None:
    oleg = make_user()
    task = make_task(make_deal(), due_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC), assignee=marina)
    form = desk.get(f"/tasks/{task.pk}/").context["form"]
    assert (form["day"].value(), str(form["time"].value())) == (date(2026, 11, 30), "12:00:00")

    desk.post(f"/tasks/{task.pk}/", {"text": "Написать", "day": "2026-12-02", "time": "", "assignee": oleg.pk})

    task.refresh_from_db()
    assert (task.text, task.assignee, task.all_day) == ("Написать", oleg, True)


def test_a_day_out_of_this_world_is_refused(desk: Browser, marina: User) -> None:
    answer = plan(desk, marina, query=f"?deal={make_deal().pk}", day="9999-12-31")

    assert answer.context["form"].errors == {"day": ["Choose a day between 2000 and 2999."]}
