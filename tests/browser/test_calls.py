"""Calls in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.models import Call, Client, Deal, User
from tests.browser.conftest import AsPerson
from tests.factories import make_call, make_client, make_deal

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def call() -> Call:
    return make_call(caller="+79234102994", callee="+78007000000", status="NOANSWER")


def test_a_call_is_put_on_a_deal_found_by_its_title(desk: Page, call: Call) -> None:
    deal = make_deal("Свадебный образ")
    make_deal("Окрашивание")
    desk.goto("/calls/?show=missed")
    desk.get_by_label("More about the call with +7 923 410-29-94").click()
    desk.get_by_role("link", name="Put on a deal or client").click()
    desk.get_by_label("Deal or client").fill("")
    desk.get_by_label("Deal or client").press_sequentially("свадеб")
    expect(desk.get_by_role("radio")).to_be_checked()
    desk.get_by_role("button", name="Put the call here").click()

    expect(desk).to_have_url(re.compile(r"/calls/\?show=missed$"))
    expect(desk.locator("tbody tr")).to_contain_text("Свадебный образ")
    assert Call.objects.get().deal == deal


def test_the_other_sides_phone_is_looked_for_at_once(desk: Page, call: Call) -> None:
    make_client("Фролова Наталья", phone="8 923 410-29-94")

    desk.goto(f"/calls/{call.pk}/attach/")

    expect(desk.get_by_role("radio", name="Фролова Наталья")).to_be_checked()


def test_a_deal_is_made_of_a_call_by_one_click(desk: Page, call: Call) -> None:
    desk.goto("/calls/")

    desk.get_by_role("button", name="Make a deal of the call").click()

    expect(desk).to_have_url(re.compile(r"/deals/\d+/$"))
    deal = Deal.objects.get()
    assert (deal.client, Call.objects.get().deal) == (Client.objects.get(), deal)


def test_calls_are_found_as_one_types_and_filtered_by_a_chip(desk: Page, call: Call) -> None:
    make_call(caller="+78005553535", status="ANSWER", duration=252)
    desk.goto("/calls/")
    desk.get_by_role("searchbox", name="Phone").press_sequentially("923 410")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.get_by_role("searchbox", name="Phone").fill("")
    expect(desk.locator("tbody tr")).to_have_count(2)

    desk.get_by_role("link", name="Missed 1").click()

    expect(desk.locator("tbody tr")).to_have_text(re.compile("No answer"))


def test_on_a_phone_nothing_is_wider_and_the_menu_opens(as_person: AsPerson, staff: User, call: Call) -> None:
    page = as_person(staff, **PHONE)
    page.goto("/calls/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.get_by_label("More about the call").click()

    expect(page.get_by_role("link", name="Put on a deal or client")).to_be_in_viewport()


def test_without_script_a_call_is_put_on_a_client_and_becomes_a_deal(
    as_person: AsPerson, staff: User, call: Call
) -> None:
    anna = make_client("Анна")
    page = as_person(staff, java_script_enabled=False)
    page.goto("/calls/")
    page.get_by_label("More about the call").click()
    page.get_by_role("link", name="Put on a deal or client").click()
    page.get_by_label("Deal or client").fill("анна")
    page.get_by_role("button", name="Put the call here").click()
    expect(page.locator("tbody tr")).to_contain_text("Анна")

    page.get_by_role("button", name="Make a deal of the call").click()

    expect(page).to_have_url(re.compile(r"/deals/\d+/$"))
    assert Deal.objects.get().client == anna
