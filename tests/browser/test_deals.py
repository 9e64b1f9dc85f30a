"""Board, list and the page of a new deal in a real browser: the ways between them, without script, for everybody."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import Locator, Page, expect

from crm.models import Deal, Role, Status, Task, User
from crm.services.deals import change_deal
from crm.services.erasing import erase_client
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.browser.test_board import IN_WORK, LOST, NEW, PHONE, card, column, drag, in_status
from tests.factories import make_client, make_deal, make_task, make_user

HITS = "crm.filters.deals.TEXT_HITS"


def test_a_filter_is_in_the_address_shared_with_the_list_and_survives_back(desk: Page, staff: User) -> None:
    make_deal("Моя", manager=staff)
    make_deal("Ничья")
    desk.goto("/")
    desk.get_by_role("link", name="Mine", exact=True).click()
    expect(desk.locator(".card")).to_have_count(1)
    expect(desk.get_by_text("Shown by the filter: 1 of 2")).to_be_visible()
    desk.get_by_role("link", name="Моя", exact=True).click()
    desk.wait_for_url("**/deals/*/")
    desk.go_back()
    expect(desk.locator(".card")).to_have_count(1)
    assert desk.url.endswith("/?manager=me")
    desk.get_by_role("link", name="List", exact=True).click()
    expect(desk.get_by_role("row")).to_have_count(2)
    desk.get_by_role("link", name="Reset").click()
    expect(desk.get_by_role("row")).to_have_count(3)


def test_a_period_and_a_source_are_chosen_in_their_menus(desk: Page) -> None:
    make_deal("С визитом", visit="437272")
    make_deal("Без визита")
    desk.goto("/")
    desk.locator("summary", has_text="Created").click()
    desk.get_by_label("Created", exact=True).select_option("today")
    desk.locator("summary", has_text="Source").click()
    desk.get_by_label("Source or visit").fill("4372")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/?period=today&source=4372")
    expect(desk.locator(".card")).to_have_count(1)
    expect(desk.locator("summary", has_text="Created: today")).to_be_visible()


def test_make_move_and_lose_a_deal_and_plan_a_task_by_few_clicks(desk: Page) -> None:
    make_deal("Прежняя", status=Status.objects.get(pk=LOST), lost_reason="Дорого")
    desk.goto("/")
    clicks = Clicks()
    clicks.on(desk.get_by_text("Quick deal"))
    expect(desk.get_by_label("Title", exact=True)).to_be_focused()
    desk.keyboard.type("Окрашивание")
    clicks.on(desk.get_by_role("button", name="Add"))
    clicks.on(column(desk, NEW).get_by_role("link", name="no task"))
    clicks.on(desk.locator("#compose-task textarea"))
    desk.keyboard.type("Перезвонить")
    clicks.on(desk.get_by_role("button", name="Plan", exact=True))
    expect(desk.locator(".plan", has_text="Перезвонить")).to_be_visible()
    clicks.on(desk.get_by_role("link", name="Board", exact=True))
    for status, name in ((NEW, "В работе"), (IN_WORK, "Закрыта")):
        moved = column(desk, status).locator(".card")
        expect(moved).to_have_count(1)
        moved.hover()
        clicks.on(moved.get_by_role("link", name="Move “Окрашивание”"))
        clicks.on(desk.locator("#move-menu").get_by_role("button", name=name))
    clicks.on(desk.get_by_role("button", name="Дорого"))
    expect(column(desk, IN_WORK).locator(".card")).to_have_count(0)
    deal = Deal.objects.get(title="Окрашивание")
    assert (deal.status_id, deal.lost_reason, deal.tasks.count(), clicks.count) == (LOST, "Дорого", 1, 11)


class Clicks:
    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        target.click()
        self.count += 1


def test_without_script_deals_are_read_made_and_moved(as_person: AsPerson, staff: User) -> None:
    make_deal("Прежняя", status=Status.objects.get(pk=LOST), lost_reason="Дорого")
    page = as_person(staff, java_script_enabled=False)
    page.goto("/")
    page.get_by_text("Quick deal").click()
    page.get_by_label("Title", exact=True).fill("Окрашивание")
    page.get_by_role("button", name="Add").click()
    deal = Deal.objects.get(title="Окрашивание")
    card(page, deal).get_by_role("link", name="Move “Окрашивание”").click()
    page.get_by_role("button", name="В работе").click()
    expect(column(page, IN_WORK).locator(f"#deal-{deal.pk}")).to_be_visible()
    task = make_task(deal)
    page.reload()
    card(page, deal).get_by_role("button", name="Finish: ").click()
    assert Task.objects.get(pk=task.pk).done_at is not None
    card(page, deal).get_by_role("link", name="Move “Окрашивание”").click()
    page.get_by_role("button", name="Закрыта…").click()
    page.get_by_role("button", name="Close as lost").click()
    expect(page.get_by_text("Say why: the reports count the reasons.")).to_be_visible()
    page.get_by_role("button", name="Дорого").click()
    expect(card(page, deal)).to_have_count(0)
    assert (in_status(deal), page.url.endswith("/")) == (LOST, True)


def test_a_new_deal_of_a_known_client_is_made_on_its_page(desk: Page) -> None:
    known = make_client("Фролова Наталья", phone="+7 923 410-29-94")
    desk.goto("/")
    desk.keyboard.press("n")
    desk.get_by_role("textbox", name="Title").fill("Свадебный образ")
    desk.get_by_label("One who is known").fill("8 923 410 29 94")
    desk.get_by_role("radio", name="Фролова Наталья").check()
    desk.get_by_role("button", name="Create").click()
    desk.wait_for_url("**/deals/*/")
    assert Deal.objects.get().client == known


def test_a_new_deal_warns_of_a_known_phone_or_e_mail(desk: Page) -> None:
    make_client("Фролова Наталья", phone="+7 923 410-29-94", email="natalia@example.ru")
    desk.goto("/deals/new/")
    warning = desk.locator(".known").get_by_role("link", name="Фролова Наталья")
    for label, typed in {"Phone": "8 923 4102994", "E-mail": "Natalia@example.ru"}.items():
        desk.get_by_role("textbox", name=label).press_sequentially(typed)
        expect(warning).to_be_visible()
        desk.get_by_role("textbox", name=label).fill("")
        expect(warning).to_be_hidden()


@pytest.mark.parametrize(("query", "most", "amount"), [("", "crm.reports.deals.COUNTED", 7), ("?q=стриж", HITS, 6)])
def test_what_very_many_deals_come_to_stands_there_behind_the_page(
    desk: Page, monkeypatch: pytest.MonkeyPatch, query: str, most: str, amount: int
) -> None:
    monkeypatch.setattr(most, 2)
    for price in (1, 2, 4):
        make_deal("Стрижка", price=Decimal(price))

    with desk.expect_response("**/deals/figures/**"):
        desk.goto(f"/deals/{query}")

    expect(desk.locator("#deal-figures b")).to_have_text(re.compile(f"{amount}.₽"))
    expect(desk.locator("#count-none")).to_have_text("3" if amount == 7 else "2")


def test_columns_of_the_list_are_chosen_and_sort(desk: Page) -> None:
    make_deal("Дешёвая", price=Decimal(10))
    make_deal("Дорогая", price=Decimal(100), cost=Decimal(1))
    desk.goto("/deals/")
    desk.get_by_text("Columns").click()
    desk.get_by_label("Cost").check()
    desk.get_by_role("button", name="Show").click()
    desk.get_by_role("link", name="Price", exact=True).click()
    expect(desk.get_by_role("columnheader", name="Price")).to_have_attribute("aria-sort", "descending")
    expect(desk.get_by_role("rowheader").first).to_have_text("Дорогая")
    expect(desk.get_by_role("columnheader", name="Cost")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_nothing_is_wrong_with_the_menus_and_the_dialog_of_the_board(
    as_person: AsPerson, staff: User, axe: CheckAxe, theme: str, options: dict[str, Any]
) -> None:
    client = make_client("Фролова Наталья", phone="+7 923 410-29-94")
    deal = make_deal("Свадебный образ, 4 человека", client=client, price=Decimal(48000), visit="437272")
    make_task(make_deal("Стрижка", manager=staff))
    page = as_person(staff, color_scheme=theme, **options)
    page.goto("/")
    card(page, deal).hover()
    card(page, deal).locator(".card-menu").click()
    axe(page)
    page.locator("#move-menu").get_by_role("button", name="Закрыта").click()
    expect(page.locator("#lose-dialog")).to_be_visible()
    axe(page)
    page.goto("/")
    page.get_by_text("Quick deal").click()
    axe(page)
    page.locator("summary", has_text="Fields").click()
    axe(page)


def test_an_observer_sees_the_board_and_can_press_nothing_on_it(as_person: AsPerson, axe: CheckAxe) -> None:
    deal = make_deal()
    make_task(deal)
    page = as_person(make_user(role=Role.OBSERVER))
    page.goto("/")
    drag(page, card(page, deal), column(page, IN_WORK))
    expect(column(page, NEW).locator(f"#deal-{deal.pk}")).to_be_visible()
    expect(page.locator("main button:not(.visually-hidden, .menu-body *)")).to_have_count(0)
    axe(page)


def test_a_price_and_a_status_are_edited_in_the_row(desk: Page, staff: User, axe: CheckAxe, console: Console) -> None:
    console.expect("422")
    deal = make_deal("Первая", price=Decimal(100))
    desk.goto("/deals/")
    desk.get_by_label("Edit: Price, “Первая”").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("textbox", name="Price")).to_be_focused()
    axe(desk)
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Edit: Price, “Первая”")).to_be_focused()

    desk.keyboard.press("Enter")
    desk.get_by_role("textbox", name="Price").fill("250")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Edit: Price, “Первая”")).to_be_focused()
    expect(desk.locator(".deal-totals")).to_contain_text("250")

    desk.get_by_label("Edit: Status, “Первая”").click()
    desk.get_by_role("combobox", name="Status").select_option(label="Закрыта")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("row", name="Первая").get_by_role("textbox", name="Reason of loss").fill("Дорого")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_label("Edit: Status, “Первая”")).to_be_focused()
    deal.refresh_from_db()
    assert (deal.price, deal.status_id, deal.lost_reason) == (Decimal(250), LOST, "Дорого")


def test_what_has_come_into_the_page_is_live_at_once(desk: Page, staff: User) -> None:
    """A form that somebody sends in the moment it appears is sent by htmx, not as a page of its own."""
    make_deal("Первая", price=Decimal(100))
    desk.goto("/deals/")
    desk.evaluate("""() => new MutationObserver(() => {
        const form = document.querySelector(".cell-form");
        if (!form || form.dataset.sent) return;
        form.dataset.sent = "yes";
        form.elements.value.value = "250";
        form.requestSubmit();
    }).observe(document.body, { childList: true, subtree: true })""")
    desk.get_by_label("Edit: Price, “Первая”").click()

    expect(desk.get_by_role("row", name="Первая")).to_contain_text("250")
    expect(desk).to_have_url(re.compile("/deals/$"))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_manager_and_a_day_are_edited_in_the_row_and_who_was_slower_is_told(
    desk: Page, staff: User, axe: CheckAxe, console: Console, width: int
) -> None:
    console.expect("409")
    oleg = make_user(full_name="Петров Олег")
    deal = make_deal("Первая", price=Decimal(100), manager=staff)
    task = make_task(deal, assignee=staff)
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto("/deals/")
    desk.get_by_label("Edit: Manager, “Первая”").click()
    desk.get_by_role("combobox", name="Manager").select_option(label="Петров Олег")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_label("Edit: Manager, “Первая”")).to_be_focused()
    desk.get_by_label("Edit: Next task, “Первая”").click()
    desk.locator(".cell-form input[type=date]").fill("2030-01-15")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Edit: Next task, “Первая”")).to_be_focused()
    deal.refresh_from_db()
    task.refresh_from_db()
    assert (deal.manager, localtime(task.due_at).date().isoformat()) == (oleg, "2030-01-15")

    desk.get_by_label("Edit: Price, “Первая”").click()
    desk.get_by_role("textbox", name="Price").fill("250")
    change_deal(deal=deal, price=Decimal(300), by=oleg)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("Петров Олег has changed this meanwhile")
    axe(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_role("button", name="Save mine").click()
    expect(desk.get_by_role("row", name="Первая")).to_contain_text("250 ₽")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_who_writes_to_a_deal_that_was_erased_is_told_that_it_is_gone(
    as_person: AsPerson, staff: User, axe: CheckAxe, console: Console, options: dict[str, Any]
) -> None:
    console.expect("404")
    person = make_client("Фролова Наталья")
    make_deal("Первая", client=person, price=Decimal(100))
    page = as_person(staff, **options)
    page.goto("/deals/")
    page.get_by_label("Edit: Price, “Первая”").click()
    page.get_by_role("textbox", name="Price").fill("250")
    erase_client(client=person, by=staff, keep_deals=False)

    page.keyboard.press("Enter")

    expect(page.get_by_text("This is not there any more")).to_be_visible()
    axe(page)
