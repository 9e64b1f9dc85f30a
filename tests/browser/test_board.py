"""The board and the list as people use them: mouse, keyboard, finger, and no script at all."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.models import Client, Deal, Status, Task, User
from crm.services.deals import move_deal
from tests.browser.conftest import AsPerson, Console
from tests.factories import make_client, make_deal, make_task, make_user

NEW, IN_WORK, WON, LOST = 1, 2, 3, 4
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def column(page: Page, status: int) -> Locator:
    return page.locator(f'section[data-column="{status}"]')


def card(page: Page, deal: Deal) -> Locator:
    return page.locator(f"#deal-{deal.pk}")


def head(page: Page, status: int) -> Locator:
    return page.locator(f"#head-{status}")


def in_status(deal: Deal) -> int:
    deal.refresh_from_db()
    return deal.status_id


def drag(page: Page, what: Locator, where: Locator) -> None:
    """As a hand does it: press, move a little, move there, look, let go."""
    start = what.bounding_box()
    assert start is not None
    page.mouse.move(start["x"] + 20, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20, steps=3)
    end = where.bounding_box()
    assert end is not None
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


@pytest.mark.smoke
def test_a_card_is_dragged_with_the_mouse_and_both_heads_are_right_at_once(desk: Page) -> None:
    deal = make_deal("Стрижка", price=Decimal(12400))
    make_deal("Укладка", price=Decimal(600))
    desk.goto("/")
    expect(head(desk, NEW)).to_have_text("Новая 2 13,000 ₽", use_inner_text=True)
    drag(desk, card(desk, deal), column(desk, IN_WORK))
    expect(column(desk, IN_WORK).locator(f"#deal-{deal.pk}")).to_be_visible()
    expect(head(desk, NEW)).to_have_text("Новая 1 600 ₽", use_inner_text=True)
    expect(head(desk, IN_WORK)).to_have_text("В работе 1 12,400 ₽", use_inner_text=True)
    assert (in_status(deal), desk.url.endswith("/")) == (IN_WORK, True)


def test_escape_puts_a_dragged_card_back(desk: Page) -> None:
    deal = make_deal()
    desk.goto("/")
    card(desk, deal).hover()
    desk.mouse.down()
    desk.mouse.move(900, 400, steps=5)
    expect(desk.locator(".ghost")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.mouse.up()
    expect(desk.locator(".ghost")).to_have_count(0)
    expect(column(desk, NEW).locator(f"#deal-{deal.pk}")).to_be_visible()
    assert in_status(deal) == NEW


def test_a_card_is_moved_by_keyboard_and_a_screen_reader_is_told(desk: Page) -> None:
    deal = make_deal("Стрижка")
    desk.goto("/")
    said = desk.locator("#drag-said")
    desk.locator(f"#link-{deal.pk}").focus()
    desk.keyboard.press("Space")
    expect(said).to_have_text("“Стрижка” is picked up from “Новая”.")
    desk.keyboard.press("ArrowRight")
    expect(said).to_have_text("Over “В работе”, 2 of 4.")
    desk.keyboard.press("Space")
    expect(said).to_have_text("“Стрижка” is moved to “В работе”.")
    expect(head(desk, IN_WORK)).to_contain_text("1")
    expect(desk.locator(f"#link-{deal.pk}")).to_be_focused()
    assert in_status(deal) == IN_WORK
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Escape")
    expect(said).to_have_text("“Стрижка” stays in “В работе”.")
    assert in_status(deal) == IN_WORK


def test_a_finger_that_rests_drags_and_one_that_swipes_scrolls(as_person: AsPerson, staff: User) -> None:
    deal = make_deal()
    page = as_person(staff, **PHONE)
    page.goto("/")
    touch = page.context.new_cdp_session(page)
    box = card(page, deal).bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + 15

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]}
        )

    send("touchStart", (x, y))
    send("touchMove", (x - 60, y))
    send("touchEnd")
    expect(page.locator(".ghost")).to_have_count(0)
    page.locator("#columns").evaluate("columns => columns.scrollTo({left: 0, behavior: 'instant'})")

    send("touchStart", (x, y))
    expect(page.locator(".ghost")).to_be_visible()
    zone = page.locator(f'.zone[data-column="{LOST}"]').bounding_box()
    assert zone is not None
    send("touchMove", (x + 20, y + 20))
    send("touchMove", (zone["x"] + 40, zone["y"] + 20))
    send("touchEnd")
    expect(page.locator("#lose-dialog")).to_be_visible()


@pytest.mark.smoke
def test_a_lost_deal_asks_for_the_reason(desk: Page, console: Console) -> None:
    console.expect("422")
    make_deal("Прежняя", status=Status.objects.get(pk=LOST), lost_reason="Дорого")
    first, second = make_deal("Стрижка"), make_deal("Укладка")
    desk.goto("/")
    drag_to_zone(desk, card(desk, first))
    dialog = desk.get_by_role("dialog", name="Why is “Стрижка” lost?")
    expect(dialog.get_by_label("Reason", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(dialog.get_by_text("Say why: the reports count the reasons.")).to_be_visible()
    dialog.get_by_label("Reason", exact=True).fill("Выбрали другой салон")
    desk.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(card(desk, first)).to_have_count(0)
    drag_to_zone(desk, card(desk, second))
    desk.get_by_role("button", name="Дорого").click()
    expect(card(desk, second)).to_have_count(0)
    expect(head(desk, NEW)).to_contain_text("0")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.lost_reason, second.lost_reason) == ("Выбрали другой салон", "Дорого")


def drag_to_zone(page: Page, what: Locator) -> None:
    """The zones appear only when something is dragged."""
    what.hover()
    page.mouse.down()
    page.mouse.move(700, 300, steps=4)
    zone = page.locator(f'.zone[data-column="{LOST}"]').bounding_box()
    assert zone is not None
    page.mouse.move(zone["x"] + zone["width"] / 2, zone["y"] + zone["height"] / 2, steps=4)
    page.mouse.up()


def test_a_loss_that_is_called_off_leaves_the_deal_where_it_was(desk: Page) -> None:
    deal = make_deal()
    desk.goto("/")
    drag_to_zone(desk, card(desk, deal))
    desk.get_by_role("link", name="Cancel").click()
    expect(desk.locator("#lose-dialog")).to_be_hidden()
    expect(column(desk, NEW).locator(f"#deal-{deal.pk}")).to_be_visible()
    assert in_status(deal) == NEW


def test_a_quick_deal_appears_on_top_and_a_wrong_one_keeps_what_was_typed(desk: Page, console: Console) -> None:
    console.expect("422")
    make_deal("Прежняя")
    desk.goto("/")
    desk.get_by_text("Quick deal").click()
    expect(desk.get_by_label("Title", exact=True)).to_be_focused()
    desk.keyboard.type("Окрашивание")
    desk.get_by_label("Client's name", exact=True).fill("Анна")
    desk.get_by_label("Phone", exact=True).fill("8 923 410-29-94")
    desk.get_by_label("Price", exact=True).fill("дорого")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Enter a number.")).to_be_visible()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Окрашивание")
    desk.get_by_label("Price", exact=True).fill("3 900")
    desk.keyboard.press("Enter")
    expect(column(desk, NEW).locator(".card").first).to_contain_text("Окрашивание")
    expect(head(desk, NEW)).to_have_text("Новая 2 3,900 ₽", use_inner_text=True)
    expect(desk.get_by_label("Title", exact=True)).to_have_value("")
    assert [str(contact) for contact in Client.objects.get().contacts.all()] == ["8 923 410-29-94"]


def test_the_quick_deal_warns_of_a_known_phone(desk: Page) -> None:
    anna = make_client("Фролова Наталья", phone="+7 923 410-29-94")
    desk.goto("/")
    desk.get_by_text("Quick deal").click()
    desk.get_by_label("Phone", exact=True).press_sequentially("8 923 4102994")

    warning = desk.locator("#quick-deal .known")
    expect(warning.get_by_role("link", name="Фролова Наталья")).to_have_attribute("href", f"/clients/{anna.pk}/")
    desk.get_by_label("Phone", exact=True).press("Backspace")
    expect(warning).to_be_empty()
    expect(desk.get_by_label("Phone", exact=True)).to_have_value("8 923 410299")


def test_a_task_is_finished_from_its_card(desk: Page) -> None:
    deal = make_deal()
    task = make_task(deal, "Перезвонить")
    desk.goto("/")
    card(desk, deal).get_by_role("button", name="Finish: Перезвонить").click()
    expect(card(desk, deal).get_by_role("link", name="no task")).to_be_visible()
    assert Task.objects.get(pk=task.pk).done_by is not None


def test_anothers_move_appears_by_itself_but_not_under_ones_hands(desk: Page, staff: User) -> None:
    deal = make_deal("Стрижка")
    desk.goto("/")
    desk.get_by_text("Quick deal").click()
    expect(desk.get_by_label("Title", exact=True)).to_be_focused()
    desk.keyboard.type("Недописанное")
    move_deal(deal=deal, status=Status.objects.get(pk=IN_WORK), by=make_user())
    desk.wait_for_timeout(11_000)
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Недописанное")
    expect(column(desk, NEW).locator(f"#deal-{deal.pk}")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(column(desk, IN_WORK).locator(f"#deal-{deal.pk}")).to_be_visible(timeout=12_000)
    expect(head(desk, IN_WORK)).to_contain_text("1")


def test_a_deal_that_another_moved_meanwhile_is_not_moved_over_his_head(desk: Page) -> None:
    deal = make_deal("Стрижка")
    desk.goto("/")
    move_deal(deal=deal, status=Status.objects.get(pk=WON), by=make_user(full_name="Олег"))
    drag(desk, card(desk, deal), column(desk, IN_WORK))
    expect(desk.get_by_text("Олег moved “Стрижка” to “Оплачена” meanwhile")).to_be_visible()
    expect(column(desk, WON).locator(f"#deal-{deal.pk}")).to_be_visible()
    assert in_status(deal) == WON


def test_a_refused_move_puts_the_card_back(desk: Page, console: Console) -> None:
    console.expect("503")
    deal = make_deal()
    desk.goto("/")
    desk.route("**/move/", lambda route: route.fulfill(status=503))
    drag(desk, card(desk, deal), column(desk, IN_WORK))
    expect(desk.get_by_text("That did not work")).to_be_visible()
    expect(column(desk, NEW).locator(f"#deal-{deal.pk}")).to_be_visible()


def test_more_cards_come_as_one_scrolls(desk: Page) -> None:
    for number in range(60):
        make_deal(f"Сделка {number}")
    desk.goto("/")
    cards = column(desk, NEW).locator(".card")
    expect(cards).to_have_count(50)
    cards.last.scroll_into_view_if_needed()
    desk.evaluate("document.querySelector('.column .more')?.scrollIntoView()")  # it may be gone already
    expect(cards).to_have_count(60)
    expect(head(desk, NEW)).to_contain_text("60")
