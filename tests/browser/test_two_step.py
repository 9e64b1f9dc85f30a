"""Two-step log-in in a real browser: set up by hand, passed, switched off."""

from collections.abc import Callable

from django.conf import settings
from django.test import Client as HttpClient
from playwright.sync_api import BrowserContext, Page, expect

from crm.models import Authenticator, User
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_user
from tests.second_step import code_of, switched_on

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def give_password(page: Page, user: User) -> None:
    page.goto("/login/?next=/tasks/")
    page.get_by_label("Login").fill(user.login)
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Log in").click()


def test_a_person_sets_it_up_logs_in_by_it_and_switches_it_off(
    as_person: AsPerson, staff: User, page: Page, theme: str, axe: CheckAxe, console: Console
) -> None:
    console.expect("422")
    desk = as_person(staff, color_scheme=theme, **PHONE)
    desk.goto("/profile/")
    axe(desk)
    desk.get_by_role("link", name="Set it up").tap()
    expect(desk.locator(".qr svg")).to_be_visible()
    axe(desk)
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    desk.get_by_label("Code").fill(code_of(Authenticator.objects.get()))
    desk.get_by_role("button", name="Switch on").tap()
    codes = desk.get_by_label("Recovery codes")
    expect(codes).to_be_visible()
    recovery = codes.input_value().split()
    assert len(recovery) == 10
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="Download").tap()
    assert saved.value.path().read_text().split() == recovery
    axe(desk)

    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    give_password(page, staff)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errorlist")).to_contain_text("This code is not right")
    axe(page)
    page.get_by_label("Code").fill(recovery[0])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("/tasks/")
    expect(page.locator(".toast")).to_contain_text("Recovery codes left: 9.")

    desk.get_by_role("link", name="I have kept them").tap()
    desk.get_by_role("link", name="Codes and switch").tap()
    expect(desk.get_by_role("button", name="New codes")).to_be_visible()
    axe(desk)
    desk.get_by_label("Password").nth(1).fill("a password")
    desk.get_by_role("button", name="Switch off").tap()
    expect(desk.locator(".toast")).to_contain_text("The two-step log-in is off")


def test_who_was_refused_is_told_and_let_in_again(as_person: AsPerson, staff: User, theme: str, axe: CheckAxe) -> None:
    make_user(login="olga", full_name="Константинопольская-Преображенская Ольга Вениаминовна")
    for login in ("olga", "a-password-in-the-wrong-field"):
        stranger = HttpClient()
        for _ in range(settings.AXES_FAILURE_LIMIT):
            stranger.post("/login/", {"username": login, "password": "a guess"})
    page = as_person(staff, color_scheme=theme, **PHONE)

    page.goto("/settings/sign-ins/?only=failed")
    expect(page.locator(".sign-in").first).to_contain_text("a-p…")
    expect(page.get_by_role("link", name="Log-ins")).to_be_in_viewport()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Unlock: olga").tap()

    expect(page.get_by_role("button", name="Unlock: olga")).to_have_count(0)
    without_script = as_person(staff, java_script_enabled=False)
    without_script.goto("/settings/sign-ins/")
    without_script.get_by_role("button", name="Unlock: a-p…").click()
    expect(without_script.get_by_role("heading", name="Locked now")).to_have_count(0)


def test_without_script_a_code_lets_in(new_context: Callable[..., BrowserContext]) -> None:
    user = make_user(login="olga")
    app, _ = switched_on(user)
    page = new_context(java_script_enabled=False).new_page()
    give_password(page, user)
    page.get_by_label("Code").fill(code_of(app))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("/tasks/")
