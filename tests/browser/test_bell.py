"""The bell in a real browser: two people at work, and what reaches them by itself."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, expect
from pytest_django import Settings

from crm.models import Change, Deal, User
from crm.services.leads import Lead, take_lead
from crm.services.reminders import remind_of_tasks
from crm.services.tasks import finish_task
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import SECRET, make_deal, make_integration, make_task, make_user

PHONE = {"viewport": {"width": 390, "height": 844}}
# What a lead is promised to be told within, in milliseconds.
AT_ONCE = 5_000


@pytest.fixture
def oleg() -> User:
    return make_user(login="oleg", full_name="Смирнов Олег", own_only=True)


@pytest.fixture
def service() -> None:
    make_integration("roistat")


def send_lead(page: Page, base_url: str, **parameters: str) -> APIResponse:
    query = urlencode({"action": "lead", **parameters})
    with page.context.browser.new_context(  # type: ignore[union-attr]  # a page of a test always has a browser
        http_credentials={"username": "roistat", "password": SECRET, "send": "always"}
    ) as outside:
        return outside.request.get(f"{base_url}/analytics?{query}")


@pytest.mark.usefixtures("service")
def test_a_lead_reaches_both_within_five_seconds_and_one_of_them_takes_it(
    desk: Page, as_person: AsPerson, oleg: User, axe: CheckAxe, console: Console, base_url: str
) -> None:
    console.expect("409")
    phone = as_person(oleg, color_scheme="dark", **PHONE)
    desk.goto("/clients/")
    phone.goto("/tasks/")

    assert send_lead(desk, base_url, title="Мелирование", name="Ольга", phone="+79234102994").ok

    for page in (desk, phone):
        toast = page.locator(".toast.told")
        expect(toast).to_contain_text("New lead Мелирование", timeout=AT_ONCE)
        expect(page.locator("#bell-count")).to_have_text("11 unread")
    expect(desk).to_have_title("(1) Clients · Orbita")
    expect(phone).to_have_title("(1) Tasks · Orbita")
    phone.locator("#bell summary").press("Enter")
    expect(phone.locator("#bell-panel .notification")).to_contain_text("New lead Мелирование")
    axe(phone)
    axe(desk)

    # The other's bell does not look meanwhile: he is as quick as people are.
    phone.route("**/notifications/news/**", lambda route: route.fulfill(status=204))
    desk.get_by_role("button", name="Take it: Мелирование").click()

    expect(desk.locator(".toast.success")).to_contain_text("The deal is yours now: Мелирование")
    expect(desk.locator(".toast.told")).to_have_count(0)
    expect(desk).to_have_title("Clients · Orbita")
    assert Deal.objects.get().manager == User.objects.get(login="marina")
    phone.locator("#bell-panel").get_by_role("button", name="Take it: Мелирование").press("Enter")
    expect(phone.locator(".toast.warning")).to_contain_text("Иванова Марина was faster: “Мелирование” is taken.")
    phone.unroute("**/notifications/news/**")
    expect(phone.locator("#bell-panel")).to_contain_text("Nothing yet.")
    expect(phone.locator(".toast.told")).to_have_count(0)
    expect(phone).to_have_title("Tasks · Orbita")


def open_panel(page: Page) -> Any:
    page.locator("#bell summary").click()
    return page.locator("#bell-panel")


def test_all_is_read_by_one_click(desk: Page, staff: User, axe: CheckAxe, theme: str) -> None:
    desk.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # "light" or "dark"
    take_lead(lead=Lead(title="Стрижка"), by=None, via=Change.Via.PROTOCOL)
    desk.goto("/notifications/")
    axe(desk)
    panel = open_panel(desk)
    expect(panel).to_contain_text("New lead Стрижка")
    axe(desk)

    panel.get_by_role("button", name="Read all").click()

    expect(desk.locator("#bell-count")).to_have_text("")
    expect(panel.get_by_role("button", name="Read all")).to_have_count(0)
    expect(panel.get_by_role("button", name="Take it: Стрижка")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_colleague_is_named_by_the_keyboard_and_told(desk: Page, as_person: AsPerson, oleg: User) -> None:
    deal = make_deal("Окрашивание", manager=oleg)
    phone = as_person(oleg, **PHONE)
    phone.goto("/tasks/")
    desk.goto(f"/deals/{deal.pk}/")
    comment = desk.get_by_label("Comment")
    comment.click()

    desk.keyboard.type("Посмотрите, @сми")
    expect(desk.get_by_role("option", name="Смирнов Олег")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("option")).to_have_count(0)
    desk.keyboard.type("рнов о")
    expect(desk.get_by_role("option", name="Смирнов Олег")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(comment).to_have_value("Посмотрите, @Смирнов Олег ")
    desk.keyboard.type("пожалуйста")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#timeline")).to_contain_text("@Смирнов Олег пожалуйста")

    toast = phone.locator(".toast.told").filter(has_text="You are mentioned")
    expect(toast).to_contain_text("Посмотрите, @Смирнов Олег пожалуйста")
    toast.get_by_role("link").click()
    expect(phone).to_have_url(re.compile(f"/deals/{deal.pk}/$"))
    expect(phone.locator("#bell-count")).to_have_text("11 unread")  # the deal that he was given


def test_a_reminder_comes_by_itself(desk: Page, staff: User) -> None:
    desk.goto("/clients/")
    due = timezone.now() + timedelta(hours=1)
    task = make_task(make_deal("Окрашивание"), "Прислать примеры", due_at=due, assignee=staff, by=staff)

    remind_of_tasks(due)

    expect(desk.locator(".toast.told")).to_contain_text("Task due Прислать примеры", timeout=AT_ONCE)
    expect(desk).to_have_title("(1) Clients · Orbita")
    finish_task(task=task, by=staff)
    expect(desk.locator(".toast.told")).to_have_count(0)
    expect(desk).to_have_title("Clients · Orbita")


def test_what_to_be_told_of_is_chosen_by_the_keyboard_and_on_a_phone(
    desk: Page, as_person: AsPerson, staff: User, axe: CheckAxe, settings: Settings
) -> None:
    settings.CAN_SEND_EMAIL = True
    User.objects.update(email="marina@example.ru")
    desk.goto("/notifications/")
    desk.get_by_role("link", name="What to be told of").press("Enter")
    chosen = desk.locator("#notifications")
    expect(chosen.get_by_role("heading")).to_be_in_viewport()
    top = desk.locator(".top").bounding_box()
    heading = chosen.get_by_role("heading").bounding_box()
    assert top
    assert heading
    assert top["y"] + top["height"] < heading["y"]
    axe(desk)

    chosen.get_by_role("checkbox", name="In the bell: I am given a task").press("Space")
    chosen.get_by_role("checkbox", name="By e-mail: I am mentioned in a comment").press("Space")
    chosen.get_by_role("button", name="Save the choice").press("Enter")

    expect(desk.locator(".toast.success")).to_contain_text("Saved.")
    staff.refresh_from_db()
    assert (staff.not_told_of, staff.mailed_of) == (["task"], ["mention"])
    phone = as_person(staff, color_scheme="dark", **PHONE)
    phone.goto("/profile/")
    box = phone.get_by_role("checkbox", name="In the bell: I am given a task")
    expect(box).not_to_be_checked()
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
