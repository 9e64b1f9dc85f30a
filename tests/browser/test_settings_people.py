"""Settings → People in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.models import Role, User
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_deal, make_task, make_user

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
GOOD = "quite another one"


def is_as_wide_as_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth === window.innerWidth"))


def test_a_colleague_comes_and_goes(
    as_person: AsPerson, staff: User, page: Page, theme: str, axe: CheckAxe, console: Console
) -> None:
    console.expect("410")
    office = as_person(staff, color_scheme=theme, **PHONE)
    office.goto("/settings/people/")
    office.get_by_role("link", name="Invite").tap()
    office.get_by_label("Full name").fill("Константинопольская-Преображенская Елизавета Вениаминовна")
    office.get_by_label("Login").fill("Liza")
    axe(office)
    office.get_by_role("button", name="Make the link").tap()
    link = office.get_by_label("Link").input_value()
    office.get_by_role("button", name="Copy").tap()
    expect(office.get_by_role("button", name="Copied")).to_be_visible()
    axe(office)
    assert is_as_wide_as_the_window(office)

    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(link)
    axe(page)
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same once more").fill(GOOD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("/")
    expect(page.locator(".toast")).to_contain_text("Welcome")
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("used already")
    page.goto("/")

    liza = User.objects.get(login="liza")
    make_task(make_deal(manager=liza), assignee=liza)
    office.goto("/settings/people/")
    axe(office)
    assert is_as_wide_as_the_window(office)
    office.get_by_role("link", name="Константинопольская").tap()
    expect(office.get_by_role("heading", name="Access")).to_be_visible()
    axe(office)
    office.get_by_role("link", name="Hand over").tap()
    office.get_by_label("To whom").select_option("Иванова Марина")
    axe(office)
    office.get_by_role("button", name="Hand over").tap()
    expect(office.locator("#handed")).to_contain_text("Deals: 1, tasks: 1, clients: 0.")
    axe(office)

    office.goto(f"/settings/people/{liza.pk}/off/")
    axe(office)
    office.get_by_role("button", name="Switch off").tap()
    expect(office.get_by_role("button", name="Switch on")).to_be_visible()
    page.get_by_role("link", name="Deals", exact=True).first.click()
    expect(page).to_have_url(re.compile("/login/"))


@pytest.mark.parametrize("permissions", [["clipboard-read", "clipboard-write"], []], ids=["allowed", "refused"])
def test_the_link_is_copied_whether_or_not_scripts_may_use_the_clipboard(
    as_person: AsPerson, staff: User, permissions: list[str]
) -> None:
    page = as_person(staff, permissions=permissions)
    if not permissions:  # a whole browser lets a page write by itself
        page.add_init_script(
            "navigator.clipboard.writeText = () => Promise.reject(new DOMException('NotAllowedError'))"
        )
    page.goto("/settings/people/invite/")
    page.get_by_label("Full name").fill("Олег")
    page.get_by_label("Login").fill("oleg")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link").input_value()

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.get_by_role("combobox", name="Search").press("Control+V")
    expect(page.get_by_role("combobox", name="Search")).to_have_value(link)


def test_without_script_a_person_is_invited_and_relieved(as_person: AsPerson, staff: User, axe: CheckAxe) -> None:
    olga = make_user(full_name="Ольга", role=Role.MANAGER)
    make_deal(manager=olga)
    page = as_person(staff, java_script_enabled=False)
    page.goto("/settings/people/invite/")
    page.get_by_label("Full name").fill("Олег")
    page.get_by_label("Login").fill("oleg")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Link")).to_have_value(re.compile("/invitation/"))
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()

    page.goto(f"/settings/people/{olga.pk}/hand-over/")
    page.get_by_label("To whom").select_option("Иванова Марина")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("#handed")).to_contain_text("It is handed over.")
