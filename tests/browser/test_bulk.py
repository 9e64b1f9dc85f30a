"""Many deals at once, driven as a person does it: ticked, looked at, done, undone."""

import pytest
from playwright.sync_api import Page, expect

from crm.models import Deal, User
from tests.browser.conftest import CheckAxe
from tests.factories import make_deal

IN_WORK = 2


@pytest.mark.parametrize("width", [1440, 390])
def test_a_range_is_ticked_moved_and_put_back(desk: Page, staff: User, axe: CheckAxe, width: int) -> None:
    for number in range(5):
        make_deal(f"Сделка {number}")
    desk.set_viewport_size({"width": width, "height": 860})
    desk.goto("/deals/")
    bar = desk.get_by_role("form", name="With the chosen deals")
    expect(bar).to_be_hidden()

    desk.get_by_label("Choose “Сделка 4”").check()
    desk.get_by_label("Choose “Сделка 1”").click(modifiers=["Shift"])
    expect(bar).to_contain_text("Chosen: 4")
    axe(desk)
    bar.get_by_text("Status").click()
    bar.get_by_role("button", name="В работе").click()

    expect(desk.get_by_text("4 deals will be changed")).to_be_visible()
    axe(desk)
    desk.get_by_role("button", name="Change 4 deals").click()
    expect(desk.get_by_text("4 deals were changed")).to_be_visible()
    assert Deal.objects.filter(status=IN_WORK).count() == 4

    desk.get_by_role("button", name="Undo all of it").click()
    expect(desk.get_by_text("Undone: 4 are as they were")).to_be_visible()
    assert Deal.objects.filter(status=IN_WORK).count() == 0
    desk.get_by_role("link", name="All changes of many").click()
    expect(desk.get_by_role("row", name="Move to “В работе”")).to_contain_text("undone")
    axe(desk)


def test_the_keyboard_and_the_head_of_the_list_tick_too(desk: Page, staff: User) -> None:
    for number in range(4):
        make_deal(f"Сделка {number}")
    desk.goto("/deals/")
    chosen = desk.locator("[data-chosen]")

    desk.get_by_label("Choose “Сделка 3”").focus()
    desk.keyboard.press("Space")
    expect(chosen).to_have_text("1")
    desk.get_by_label("Choose “Сделка 1”").focus()
    desk.keyboard.press("Shift+Space")
    expect(chosen).to_have_text("3")
    desk.get_by_label("Choose all on this page").check()
    expect(chosen).to_have_text("4")
    desk.get_by_role("button", name="Choose none").click()
    expect(desk.locator(".bulk-bar")).to_be_hidden()
    expect(desk.get_by_label("Choose “Сделка 3”")).to_be_focused()

    # Row after row, from the link on which walking the list leaves the focus.
    desk.keyboard.press("j")
    desk.keyboard.press("Shift+ArrowDown")
    desk.keyboard.press("Shift+ArrowDown")
    expect(chosen).to_have_text("3")
    expect(desk.get_by_label("Choose “Сделка 0”")).to_be_focused()
    expect(desk.get_by_label("Choose “Сделка 3”")).not_to_be_checked()


@pytest.mark.parametrize("width", [1440, 390])
def test_all_that_were_found_are_moved(desk: Page, width: int) -> None:
    for number in range(60):
        make_deal(f"Сделка {number}")
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto("/deals/")
    desk.get_by_label("Choose “Сделка 59”").check()
    desk.get_by_label("All 60 found").check()
    expect(desk.locator("[data-chosen]")).to_have_text("60")
    bar = desk.get_by_role("form", name="With the chosen deals")
    bar.get_by_text("Status").click()
    bar.get_by_role("button", name="В работе").click()
    desk.get_by_role("button", name="Change 60 deals").click()
    expect(desk.get_by_text("60 deals were changed")).to_be_visible()
    assert Deal.objects.filter(status=IN_WORK).count() == 60
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
