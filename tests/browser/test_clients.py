"""Clients in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.models import Client, Deal, User
from crm.services.clients import change_client
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_client, make_deal, make_message, make_task

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def themed_desk(as_person: AsPerson, staff: User, theme: str) -> Page:
    """The desk in the light theme, then in the dark one."""
    return as_person(staff, color_scheme=theme)


@pytest.fixture
def anna(staff: User) -> Client:
    client = make_client("Фролова Наталья", phone="+7 923 410-29-94", email="frolova@example.ru", manager=staff)
    make_deal("Свадебный образ, 4 человека", client=client, price=48000)
    make_task(client, "Уточнить время", assignee=staff)
    make_message(client, "Просила звонить после шести")
    return client


@pytest.mark.smoke
def test_a_client_is_found_by_a_phone_typed_in_another_notation_and_opened(desk: Page, anna: Client) -> None:
    make_client("Кузнецов Артём", phone="+7 800 555-35-35")
    desk.goto("/clients/")
    rows = desk.locator("tbody tr")
    expect(rows).to_have_count(2)

    desk.get_by_role("searchbox", name="Name, phone").press_sequentially("8 (923) 410 29")

    expect(rows).to_have_count(1)
    expect(desk).to_have_url(re.compile(r"/clients/\?q=8%20\(923\)%20410%2029$"))
    desk.get_by_role("link", name="Фролова Наталья").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Фролова Наталья")
    desk.go_back()
    expect(rows).to_have_count(1)


def test_a_choice_of_the_filter_is_an_address_that_one_can_go_back_from(desk: Page, anna: Client) -> None:
    make_client("Вера")
    desk.goto("/clients/")

    desk.get_by_role("combobox", name="Deals", exact=True).select_option("none")
    expect(desk).to_have_url(re.compile(r"/clients/\?deals=none$"))
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.go_back()

    expect(desk.locator("tbody tr")).to_have_count(2)


def test_a_known_phone_is_warned_of_while_it_is_typed(desk: Page, anna: Client) -> None:
    desk.goto("/clients/new/")
    desk.get_by_label("Name").fill("Наташа")
    desk.get_by_label("Phone").press_sequentially("8 923 4102994")

    warning = desk.locator(".known")
    expect(warning.get_by_role("link", name="Фролова Наталья")).to_be_visible()
    desk.get_by_label("Phone").press("Backspace")
    expect(warning).to_be_empty()
    desk.get_by_label("Phone").press_sequentially("5")
    desk.get_by_role("button", name="Create").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Наташа")


def test_who_saw_the_warning_is_not_asked_again(desk: Page, anna: Client) -> None:
    desk.goto("/clients/new/")
    desk.get_by_label("Name").fill("Сестра")
    desk.get_by_label("Phone").press_sequentially("8 923 4102994")
    expect(desk.locator(".known").get_by_role("link")).to_be_visible()

    desk.get_by_role("button", name="Create").click()

    expect(desk.get_by_role("heading", level=1)).to_have_text("Сестра")
    expect(desk.get_by_text("Probably the same person:")).to_be_visible()


def test_a_field_is_edited_in_place(desk: Page, anna: Client) -> None:
    desk.goto(f"/clients/{anna.pk}/")
    desk.get_by_role("link", name="Name: Фролова Наталья. Edit").click()
    name = desk.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()

    name.fill("Фролова Наталья Леонидовна")
    name.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_have_text("Фролова Наталья Леонидовна")
    expect(name).to_be_hidden()
    desk.get_by_role("link", name="Company: not set. Edit").click()
    desk.get_by_role("link", name="Cancel").click()
    expect(desk.get_by_role("link", name="Company: not set. Edit")).to_be_visible()
    anna.refresh_from_db()
    assert anna.name == "Фролова Наталья Леонидовна"


def test_two_people_on_one_field_are_told_of_each_other(desk: Page, anna: Client, console: Console) -> None:
    console.expect("409")
    desk.goto(f"/clients/{anna.pk}/")
    desk.get_by_role("link", name="Company: not set. Edit").click()
    company = desk.get_by_role("textbox", name="Company")
    expect(company).to_be_focused()
    change_client(client=anna, by=None, company="Прибой")

    company.fill("Маяк")
    company.press("Enter")

    expect(desk.get_by_role("alert")).to_contain_text("“Прибой”")
    expect(company).to_have_value("Маяк")
    company.press("Enter")
    expect(desk.get_by_role("link", name="Company: Маяк. Edit")).to_be_visible()


def test_contacts_are_added_put_in_order_and_removed(desk: Page, anna: Client) -> None:
    desk.goto(f"/clients/{anna.pk}/")
    desk.get_by_role("link", name="Edit phones and e-mails").click()
    desk.get_by_label("Phone 2").fill("8 800 700-00-00")
    desk.get_by_label("Phone 2").press("Enter")
    contacts = desk.locator("#client-contacts li")
    expect(contacts).to_have_text(["+7 923 410-29-94", "+7 800 700-00-00", "frolova@example.ru"])

    desk.get_by_role("link", name="Edit phones and e-mails").click()
    desk.get_by_role("button", name="Move 8 800 700-00-00 up").click()
    expect(desk.get_by_label("Phone 1")).to_have_value("8 800 700-00-00")
    desk.get_by_role("button", name="Remove frolova@example.ru").click()
    expect(desk.get_by_label("E-mail 1")).to_have_value("")
    desk.get_by_role("link", name="Cancel").click()

    expect(contacts).to_have_count(2)
    assert list(anna.contacts.values_list("entered", flat=True)) == ["8 800 700-00-00", "+7 923 410-29-94"]


def test_a_comment_and_a_task_are_written_and_the_task_done(desk: Page, anna: Client) -> None:
    desk.goto(f"/clients/{anna.pk}/")
    desk.get_by_placeholder("Write a comment…").fill("Договорились на пятницу")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator("#timeline")).to_contain_text("Договорились на пятницу")

    desk.locator("#timeline").get_by_role("button", name="Done: Уточнить время").click()

    expect(desk.locator("#timeline .planned")).to_have_count(0)


@pytest.mark.parametrize("path", ["/clients/", "/clients/new/", "card"])
def test_nothing_is_wider_than_a_phone(as_person: AsPerson, staff: User, anna: Client, path: str) -> None:
    make_client("Общество «Длинноеназваниебезединогопробелавообще»", email=f"{'a' * 60}@example.ru")
    page = as_person(staff, **PHONE)
    page.goto(f"/clients/{anna.pk}/" if path == "card" else path)

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_script_a_client_is_found_made_and_edited(as_person: AsPerson, staff: User, anna: Client) -> None:
    page = as_person(staff, java_script_enabled=False)
    page.goto("/clients/")
    page.get_by_role("searchbox", name="Name, phone").fill("410-29-94")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)

    page.get_by_role("link", name="New client").click()
    page.get_by_label("Name").fill("Наташа")
    page.get_by_label("Phone").fill("89234102994")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".known").get_by_role("link", name="Фролова Наталья")).to_be_visible()
    page.get_by_role("button", name="Create all the same").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Наташа")

    page.get_by_role("link", name="Company: not set. Edit").click()
    page.get_by_role("textbox", name="Company").fill("Маяк")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Company: Маяк. Edit")).to_be_visible()
    page.get_by_placeholder("Write a comment…").fill("Без сценариев")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#timeline")).to_contain_text("Без сценариев")


def test_a_client_is_erased_for_good(themed_desk: Page, anna: Client, axe: CheckAxe, console: Console) -> None:
    console.expect("422")
    screen = themed_desk
    screen.goto(f"/clients/{anna.pk}/")
    screen.get_by_label("More").click()
    screen.get_by_role("link", name="Erase personal data…").click()
    screen.get_by_role("button", name="Erase for good").click()
    axe(screen)

    screen.get_by_label("Number of the client").fill(str(anna.pk))
    screen.get_by_role("button", name="Erase for good").click()

    expect(screen.get_by_text(f"Client #{anna.pk} is erased.")).to_be_visible()
    assert (Client.objects.count(), Deal.objects.get().client) == (0, None)
