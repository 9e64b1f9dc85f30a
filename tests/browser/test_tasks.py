"""Tasks in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.days import day_ends, today
from crm.models import Deal, Task, User
from tests.browser.conftest import AsPerson, CheckAxe
from tests.factories import make_client, make_deal, make_task

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def themed_desk(as_person: AsPerson, staff: User, theme: str) -> Page:
    """The desk in the light theme, then in the dark one."""
    return as_person(staff, color_scheme=theme)


@pytest.fixture
def deal() -> Deal:
    return make_deal("Свадебный образ", client=make_client("Фролова Наталья"))


@pytest.fixture
def task(staff: User, deal: Deal) -> Task:
    return make_task(deal, "Согласовать время", due_at=timezone.now() - timedelta(days=1), assignee=staff)


def test_a_task_is_done_by_one_click_and_taken_back(desk: Page, task: Task) -> None:
    desk.goto("/tasks/")
    expect(desk.locator("#task-chips")).to_contain_text("Overdue 1")

    desk.get_by_role("button", name="Done: Согласовать время").click()

    expect(desk.locator(".task-group.done")).to_contain_text("Согласовать время")
    expect(desk.locator("#task-chips")).to_contain_text("Overdue 0")
    expect(desk.get_by_role("link", name="Tasks", exact=True)).to_be_visible()
    desk.get_by_role("button", name="Not done after all").click()
    expect(desk.locator(".task-group.overdue")).to_contain_text("Согласовать время")


def test_a_task_is_moved_to_tomorrow(desk: Page, task: Task) -> None:
    desk.goto("/tasks/")

    desk.get_by_label("Move to another day: Согласовать время").click()
    desk.get_by_role("button", name="Tomorrow").click()

    expect(desk.locator(".task-group.tomorrow")).to_contain_text("Согласовать время")
    expect(desk.get_by_role("status")).to_contain_text("Moved to tomorrow.")
    task.refresh_from_db()
    assert timezone.localdate(task.due_at) == today() + timedelta(days=1)


def test_a_task_is_moved_to_a_day_by_the_keyboard(desk: Page, task: Task) -> None:
    day = today() + timedelta(days=40)
    desk.goto("/tasks/")
    desk.get_by_label("Move to another day: Согласовать время").press("Enter")
    desk.get_by_label("Day", exact=True).fill(day.isoformat())
    desk.get_by_label("Day", exact=True).press("Enter")

    expect(desk.locator(".task-group.later")).to_contain_text("Согласовать время")
    task.refresh_from_db()
    assert timezone.localdate(task.due_at) == day


def test_a_task_is_planned_for_a_deal_that_is_found_while_one_types(desk: Page, deal: Deal) -> None:
    desk.goto("/tasks/")
    desk.get_by_role("link", name="New task").first.click()
    desk.get_by_label("What is to be done").fill("Прислать примеры")
    desk.get_by_label("Deal or client").press_sequentially("свадеб")
    expect(desk.get_by_role("radio")).to_be_checked()
    desk.get_by_role("button", name="Plan").click()

    expect(desk.locator(".task-group.today")).to_contain_text("Прислать примеры")
    task = Task.objects.get()
    assert (task.deal, task.due_at) == (deal, day_ends(today()))


def test_no_violation_where_a_task_is_moved_and_where_nothing_is(themed_desk: Page, task: Task, axe: CheckAxe) -> None:
    page = themed_desk
    page.goto("/tasks/")
    page.get_by_label("Move to another day").click()
    axe(page)
    Task.objects.all().delete()
    page.reload()
    axe(page)


def test_on_a_phone_a_task_is_done_and_nothing_is_wider(as_person: AsPerson, staff: User, deal: Deal) -> None:
    make_task(deal, "Оченьдлинноесловобезединогопробелаичтоещё" * 3, due_at=timezone.now(), assignee=staff)
    page = as_person(staff, **PHONE, has_touch=True)
    page.goto("/tasks/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.get_by_role("button", name="Done:").tap()

    expect(page.locator(".task-group.done li")).to_have_count(1)


def test_without_script_a_task_is_planned_moved_and_done(as_person: AsPerson, staff: User, deal: Deal) -> None:
    page = as_person(staff, java_script_enabled=False)
    make_deal("Свадебный букет")
    page.goto("/tasks/new/")
    page.get_by_label("What is to be done").fill("Прислать примеры")
    page.get_by_label("Deal or client").fill("свадебный")
    page.get_by_role("button", name="Plan").click()
    page.get_by_role("radio", name="Свадебный образ").check()
    page.get_by_role("button", name="Plan").click()
    expect(page.locator(".task-group.today")).to_contain_text("Прислать примеры")

    page.get_by_label("Move to another day").click()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.locator(".task-group.tomorrow")).to_contain_text("Прислать примеры")
    page.get_by_role("button", name="Done: Прислать примеры").click()

    expect(page.locator(".task-group.done")).to_contain_text("Прислать примеры")
    assert Task.objects.get().deal == deal
