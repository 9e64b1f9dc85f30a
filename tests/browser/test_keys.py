"""The keyboard alone: where one goes, what one opens and does, and when no key does anything."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.models import Role, Task, User
from tests.browser.conftest import AsPerson, CheckAxe
from tests.factories import make_client, make_deal, make_task, make_user

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_the_list_of_keys_opens_and_keeps_them_to_itself(
    as_person: AsPerson, staff: User, options: dict[str, object], theme: str, axe: CheckAxe
) -> None:
    page = as_person(staff, color_scheme=theme, **options)
    page.goto("/tasks/")
    page.keyboard.press("Shift+Slash")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    axe(page)

    page.keyboard.press("n")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page).to_have_url(re.compile("/tasks/$"))

    page.get_by_label("profile and log out").click()
    page.get_by_role("button", name="Keys").click()
    expect(keys).to_be_visible()


def test_an_observer_is_told_only_of_keys_that_do_something(as_person: AsPerson) -> None:
    page = as_person(make_user(role=Role.OBSERVER))
    page.goto("/")
    page.keyboard.press("Shift+Slash")

    expect(page.locator("#keys h3")).to_have_text(["Everywhere", "Go to", "Board and lists"])
    expect(page.locator("#keys").get_by_text("finish the task")).to_have_count(0)
    expect(page.locator("#keys").get_by_text("new deal")).to_have_count(0)


def test_g_and_a_letter_go_somewhere_in_any_layout(desk: Page) -> None:
    desk.goto("/profile/")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url(re.compile("/deals/$"))

    press = "code => document.body.dispatchEvent(new KeyboardEvent('keydown', {code, key: 'п', bubbles: true}))"
    desk.evaluate(press, "KeyG")
    desk.evaluate(press, "KeyX")
    expect(desk).to_have_url(re.compile("/trash/$"))


def test_a_list_is_walked_and_a_row_opened(desk: Page) -> None:
    older, newer = make_deal("Стрижка"), make_deal("Укладка")
    desk.goto("/deals/")
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name=newer.title, exact=True)).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("link", name=older.title, exact=True)).to_be_focused()

    desk.keyboard.press("Enter")

    expect(desk).to_have_url(re.compile(f"/deals/{older.pk}/$"))


def test_a_card_of_the_board_is_moved_and_commented(desk: Page) -> None:
    first, second = make_deal("Стрижка", client=make_client("Анна")), make_deal("Укладка")
    desk.goto("/")
    desk.keyboard.press("j")
    desk.keyboard.press("m")
    expect(desk.locator("#move-menu")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("#cards-2 .card")).to_have_count(1)

    desk.keyboard.press("j")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("#cards-2 .card-link")).to_be_focused()
    desk.keyboard.press("ArrowLeft")
    expect(desk.locator("#cards-1 .card-link")).to_be_focused()
    desk.keyboard.press("c")

    expect(desk).to_have_url(re.compile(rf"/deals/({first.pk}|{second.pk})/\?compose=comment"))
    expect(desk.get_by_role("textbox", name="Comment")).to_be_focused()


def test_a_deal_is_worked_on(desk: Page, staff: User) -> None:
    deal = make_deal("Стрижка", manager=staff)
    make_task(deal, "Перезвонить", assignee=staff)
    desk.goto(f"/deals/{deal.pk}/")
    desk.keyboard.press("t")
    expect(desk.locator("#compose-task textarea")).to_be_focused()
    desk.keyboard.type("cxnem?")
    expect(desk.locator("#compose-task textarea")).to_have_value("cxnem?")

    desk.locator("#compose-task textarea").blur()
    desk.keyboard.press("c")
    expect(desk.get_by_role("textbox", name="Comment")).to_be_focused()
    desk.get_by_role("textbox", name="Comment").blur()
    desk.keyboard.press("m")
    expect(desk.locator(".steps button").first).to_be_focused()
    desk.keyboard.press("x")
    expect(desk.get_by_text("Done: “Перезвонить”")).to_be_visible()
    assert Task.objects.get().done_at is not None

    desk.get_by_role("heading", name="Стрижка").click()
    desk.keyboard.press("e")
    expect(desk.locator("#slot-title input[type=text], #slot-title textarea").first).to_be_focused()


def test_tasks_are_done_one_after_the_other(desk: Page, staff: User) -> None:
    for text in ("Первая", "Вторая", "Третья"):
        make_task(make_deal(), text, assignee=staff)
    desk.goto("/tasks/")
    for left in (2, 1):
        desk.keyboard.press("j")
        expect(desk.locator(".task-row .row-link:focus")).to_have_count(1)
        desk.keyboard.press("x")
        expect(desk.locator(".overdue .task-row")).to_have_count(left)

    desk.keyboard.press("j")
    desk.keyboard.press("m")

    expect(desk.get_by_role("button", name="Tomorrow")).to_be_focused()
