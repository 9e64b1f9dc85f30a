"""The frame in a real browser: log in, search, profile, theme, keys."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from crm.models import Role, User
from crm.services.accounts import setup_token
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_client, make_deal, make_user


def test_a_person_logs_in_and_out(page: Page, staff: User) -> None:
    page.goto("/profile/")
    page.get_by_label("Login").fill("Marina")
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()

    page.get_by_label("profile and log out").click()
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_wrong_password_is_said_and_the_login_kept(page: Page, staff: User, axe: CheckAxe) -> None:
    page.goto("/login/")
    page.get_by_label("Login").fill("marina")
    page.get_by_label("Password").fill("a guess")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("alert")).to_have_text("Login or password is wrong.")
    expect(page.get_by_label("Login")).to_have_value("marina")
    axe(page)


def test_a_guesser_is_told_that_he_is_shut_out(
    page: Page, staff: User, settings: Settings, axe: CheckAxe, console: Console
) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    console.expect("429")
    page.goto("/login/")
    page.get_by_label("Login").fill("marina")
    page.get_by_label("Password").fill("a guess")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("typed", ["8 (923) 410-29-94", "+79234102994", "410-29-94", "29 94"])
def test_a_client_is_found_by_his_phone_in_another_notation(desk: Page, typed: str) -> None:
    client = make_client("Фролова Наталья", phone="+7 923 4102994")
    make_client("Анна", phone="+7 800 700-00-00")
    desk.goto("/profile/")
    desk.keyboard.press("Control+k")
    desk.keyboard.type(typed)
    expect(desk.locator("#found").get_by_role("option", name="Фролова Наталья")).to_be_visible()
    expect(desk.locator("#found").get_by_role("option")).to_have_count(1)

    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")

    expect(desk).to_have_url(re.compile(f"/clients/{client.pk}/$"))


def test_that_nothing_was_found_is_no_choice_for_the_arrows(desk: Page) -> None:
    desk.goto("/profile/")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("Фролова")
    expect(desk.locator("#found")).to_contain_text("Nothing found")

    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")

    expect(desk).to_have_url(re.compile(r"/search/\?q="))


def test_a_slash_goes_to_the_search_box_and_escape_leaves_it(desk: Page) -> None:
    desk.goto("/profile/")
    desk.keyboard.press("/")
    expect(desk.get_by_role("combobox", name="Search")).to_be_focused()

    desk.keyboard.press("Escape")

    expect(desk.get_by_role("combobox", name="Search")).not_to_be_focused()


def test_n_opens_a_new_deal_but_not_while_one_types(desk: Page) -> None:
    desk.goto("/profile/")
    desk.get_by_label("Full name").press("n")
    expect(desk).to_have_url(re.compile("/profile/$"))

    desk.get_by_label("Full name").blur()
    desk.keyboard.press("n")

    expect(desk).to_have_url(re.compile("/deals/new/$"))


def test_a_number_leads_straight_to_its_deal(desk: Page) -> None:
    deal = make_deal("Окрашивание")
    desk.goto("/search/")
    desk.get_by_role("combobox", name="Search").fill(f"#{deal.pk}")
    desk.keyboard.press("Enter")

    expect(desk).to_have_url(re.compile(f"/deals/{deal.pk}/$"))


def test_the_search_works_without_script(as_person: AsPerson, staff: User) -> None:
    client = make_client("Фролова Наталья", email="frolova@example.ru")
    page = as_person(staff, java_script_enabled=False)
    page.goto("/profile/")
    page.get_by_role("combobox", name="Search").fill("frolova@example.ru")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Фролова Наталья").click()

    expect(page).to_have_url(re.compile(f"/clients/{client.pk}/$"))


def test_what_a_person_chooses_is_kept(desk: Page) -> None:
    desk.goto("/profile/")
    desk.get_by_label("Full name").fill("Петрова Анна")
    desk.get_by_label("Language").select_option("ru")
    desk.get_by_label("Theme", exact=True).select_option("dark")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.get_by_role("status")).to_contain_text(re.compile("Saved|Сохранено"))
    expect(desk.locator("html")).to_have_attribute("lang", "ru")
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    assert desk.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_theme_follows_the_system_until_one_is_chosen(as_person: AsPerson, staff: User) -> None:
    page = as_person(staff, color_scheme="dark")
    page.goto("/profile/")
    system = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("profile and log out").click()
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")

    assert system == "rgb(16, 19, 24)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 247, 249)"
    expect(page).to_have_url(re.compile("/profile/$"))


def test_a_refused_password_is_said_beside_its_field(desk: Page, axe: CheckAxe, console: Console) -> None:
    console.expect("422")
    desk.goto("/profile/")
    desk.get_by_label("Present password").fill("a guess")
    desk.get_by_label("New password").fill("short")
    desk.get_by_label("The same once more").fill("short")
    desk.get_by_role("button", name="Change the password").click()

    expect(desk.get_by_text("This is not your present password.")).to_be_visible()
    expect(desk.get_by_text("This password is too short.")).to_be_visible()
    axe(desk)


def test_the_search_box_lists_what_was_found(desk: Page, axe: CheckAxe) -> None:
    make_deal("Окрашивание", client=make_client("Фролова Наталья", phone="+7 923 410-29-94"), price=12_400)
    desk.goto("/profile/")
    desk.get_by_role("combobox", name="Search").press_sequentially("фролова")

    expect(desk.locator("#found").get_by_role("option")).to_have_count(2)
    axe(desk)


def test_the_menu_of_the_person_closes_on_escape(desk: Page, axe: CheckAxe) -> None:
    desk.goto("/profile/")
    desk.get_by_label("profile and log out").press("Enter")
    expect(desk.get_by_role("button", name="Log out")).to_be_visible()
    axe(desk)

    desk.keyboard.press("Escape")

    expect(desk.get_by_role("button", name="Log out")).to_be_hidden()


def test_an_observer_is_not_offered_a_new_deal(as_person: AsPerson) -> None:
    page = as_person(make_user(role=Role.OBSERVER))
    page.goto("/profile/")

    expect(page.get_by_role("link", name="New deal")).to_have_count(0)


def test_the_first_administrator_sets_the_crm_up(page: Page, axe: CheckAxe) -> None:
    page.goto(f"/setup/?token={setup_token()}")
    axe(page)
    page.get_by_label("Your full name").fill("Иванова Марина")
    page.get_by_label("Password").fill("orbita-orbita")
    page.get_by_role("button", name="Begin").click()

    expect(page.get_by_label("profile and log out")).to_be_visible()
