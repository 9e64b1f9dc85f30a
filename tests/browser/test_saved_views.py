"""Saved views in a real browser: the whole way of one, on a desk and on a telephone."""

from playwright.sync_api import Page, expect

from crm.models import SavedView, User
from tests.browser.conftest import AsPerson, CheckAxe
from tests.browser.test_board import PHONE
from tests.factories import make_deal, make_user


def in_both_themes(page: Page, axe: CheckAxe) -> None:
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(200)  # colours change by a transition
        axe(page)


def test_a_view_is_saved_opened_changed_shared_and_deleted(
    desk: Page, staff: User, as_person: AsPerson, axe: CheckAxe
) -> None:
    oleg = make_user(full_name="Олег")
    make_deal("Моя", manager=staff)
    make_deal("Олега", manager=oleg)
    make_deal("Ничья", visit="437272")
    desk.goto("/deals/")
    desk.get_by_role("link", name="Mine", exact=True).click()
    menu = desk.locator(".views-menu summary")
    menu.click()
    in_both_themes(desk, axe)
    desk.get_by_label("Name of the view").fill("Мои дела")
    desk.get_by_label("For everybody").check()
    desk.get_by_label("Open the page with it").check()
    desk.keyboard.press("Enter")
    in_rail = desk.locator(".rail").get_by_role("link", name="Мои дела")
    expect(in_rail).to_have_attribute("aria-current", "true")
    expect(desk.get_by_role("row")).to_have_count(2)
    in_both_themes(desk, axe)

    # What is chosen otherwise leaves the view as it is, until it is saved into it.
    desk.get_by_role("link", name="No source 1").click()
    expect(menu).to_contain_text("changed")
    menu.click()
    desk.get_by_role("button", name="Save into “Мои дела”").click()
    expect(menu).not_to_contain_text("changed")
    assert SavedView.objects.get().query.endswith("without=source")
    desk.go_back()
    desk.locator(".rail").get_by_role("link", name="Deals", exact=True).click()
    desk.wait_for_url("**/deals/?view=*")
    desk.get_by_role("link", name="Reset").click()
    expect(desk.get_by_role("row")).to_have_count(4)

    # A colleague on his telephone finds it in the head line, with what is his.
    phone = as_person(oleg, **PHONE)
    phone.goto("/deals/")
    phone.locator(".views-menu summary").tap()
    in_both_themes(phone, axe)
    phone.locator(".views-menu").get_by_role("link", name="Мои дела").tap()
    expect(phone.get_by_role("row").filter(has_text="Олега")).to_have_count(1)
    expect(phone.get_by_role("row").filter(has_text="Моя")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    desk.goto("/views/")
    in_both_themes(desk, axe)
    desk.get_by_role("link", name="Delete “Мои дела”").click()
    in_both_themes(desk, axe)
    desk.get_by_role("button", name="Delete").click()
    expect(desk.get_by_role("heading", name="No views yet")).to_be_visible()


def test_a_view_keeps_what_was_found_while_one_typed(desk: Page) -> None:
    desk.goto("/clients/")
    desk.get_by_role("searchbox", name="Name, phone, e-mail or number").press_sequentially("фрол")
    desk.wait_for_url("**/clients/?q=*")
    desk.locator(".views-menu summary").click()
    desk.get_by_label("Name of the view").fill("Фроловы")
    desk.get_by_role("button", name="Save what is shown").click()
    desk.wait_for_url("**/clients/?view=*")
    assert SavedView.objects.get().query == "q=%D1%84%D1%80%D0%BE%D0%BB"
