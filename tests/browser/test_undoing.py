"""Undo, driven by a person: by the toast, by Ctrl+Z, on every page that offers it."""

import re
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.models import Deal, Status, Task, User
from crm.services.deals import move_deal, trash_deal
from tests.browser.conftest import AsPerson, CheckAxe
from tests.factories import make_client, make_deal, make_task, make_user

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def toast(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def column(page: Page, status: int) -> Locator:
    return page.locator(f"#cards-{status} .card")


def move_on_board(page: Page, deal: Deal, status: str) -> None:
    page.locator(f"#deal-{deal.pk} .card-menu").click()
    page.locator("#move-menu").get_by_role("button", name=status).click()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_a_move_on_the_board_is_undone(
    as_person: AsPerson, staff: User, options: dict[str, object], theme: str, axe: CheckAxe
) -> None:
    deal = make_deal("Стрижка", price=1000)
    page = as_person(staff, color_scheme=theme, reduced_motion="reduce", **options)
    page.goto("/")
    move_on_board(page, deal, "В работе")
    expect(toast(page, "“Стрижка” is in “В работе” now.")).to_be_visible()
    axe(page)

    toast(page, "now.").get_by_role("button", name="Undo").click()

    expect(toast(page, "Undone.")).to_be_visible()
    expect(column(page, 1)).to_have_count(1)
    expect(column(page, 2)).to_have_count(0)
    expect(page.locator("#head-1 .column-count")).to_have_text("1")
    expect(page.locator("#head-2 .column-count")).to_have_text("0")
    expect(toast(page, "now.")).to_have_count(0)


def test_ctrl_z_undoes_the_last_but_not_while_one_types(desk: Page) -> None:
    first, second = make_deal("Стрижка"), make_deal("Укладка")
    desk.goto("/")
    for deal in (first, second):
        move_on_board(desk, deal, "В работе")
        expect(column(desk, 2).filter(has_text=deal.title)).to_have_count(1)

    desk.get_by_role("combobox", name="Search").press_sequentially("ук")
    desk.keyboard.press("Control+z")
    desk.get_by_role("combobox", name="Search").blur()
    desk.keyboard.press("Control+z")

    expect(column(desk, 1)).to_have_text(re.compile("Укладка"))
    expect(column(desk, 2)).to_have_text(re.compile("Стрижка"))
    desk.keyboard.press("Control+z")
    expect(column(desk, 1)).to_have_count(2)


def test_a_loss_that_somebody_overtook_stays(desk: Page) -> None:
    deal = make_deal("Стрижка")
    desk.goto("/")
    move_on_board(desk, deal, "Закрыта")
    desk.get_by_label("Reason").fill("Дорого")
    desk.keyboard.press("Enter")
    expect(toast(desk, "“Стрижка” is in “Закрыта” now.")).to_be_visible()
    move_deal(deal=deal, status=Status.objects.get(pk=3), by=make_user(full_name="Олег"))

    desk.keyboard.press("Control+z")

    expect(toast(desk, "Nothing is undone: Олег has changed “Стрижка” since.")).to_be_visible()
    expect(column(desk, 3)).to_have_text(re.compile("Стрижка"))


def test_a_finished_task_is_undone_where_it_was_finished(desk: Page, staff: User) -> None:
    deal = make_deal("Стрижка", manager=staff)
    make_task(deal, "Перезвонить", assignee=staff)
    finish = partial(desk.get_by_role, "button")
    for path, box in (("/tasks/", "Done: Перезвонить"), (f"/deals/{deal.pk}/", "Done: Перезвонить"), ("/", "Finish:")):
        desk.goto(path)
        finish(name=re.compile(box)).click()
        expect(toast(desk, "Done: “Перезвонить”")).to_be_visible()
        expect(finish(name=re.compile(box))).to_have_count(0)

        desk.keyboard.press("Control+z")

        expect(finish(name=re.compile(box))).to_be_visible()
        assert Task.objects.get().done_at is None


def test_a_deletion_is_undone_and_what_was_typed_stays(desk: Page) -> None:
    deal = make_deal("Стрижка")
    desk.goto(f"/deals/{deal.pk}/")
    desk.locator(".deal-endings").get_by_label("More").click()
    desk.get_by_role("button", name="Move to the trash").click()
    expect(desk.get_by_text("In the trash since")).to_be_visible()
    desk.keyboard.press("Control+z")
    expect(toast(desk, "Undone.")).to_be_visible()
    expect(desk.get_by_text("In the trash since")).to_have_count(0)

    desk.locator(".steps").get_by_role("button", name="В работе").click()
    desk.get_by_label("Comment").last.fill("Хочет завтра")
    desk.get_by_label("Comment").last.blur()
    desk.keyboard.press("Control+z")

    expect(desk.locator(".steps [aria-current]")).to_contain_text("Новая")
    expect(desk.get_by_label("Comment").last).to_have_value("Хочет завтра")


def test_a_toast_waits_while_one_looks_at_it(desk: Page) -> None:
    deal = make_deal("Стрижка")
    desk.clock.install()
    desk.goto("/")
    move_on_board(desk, deal, "В работе")
    told = toast(desk, "now.")
    told.hover()
    desk.clock.fast_forward(30_000)
    expect(told).to_be_visible()

    desk.mouse.move(0, 0)
    desk.clock.fast_forward(9_000)
    expect(told).to_be_visible()
    desk.clock.fast_forward(2_000)

    expect(told).to_have_count(0)


def test_without_script_the_next_page_offers_it(as_person: AsPerson, staff: User) -> None:
    client = make_client("Анна")
    page = as_person(staff, java_script_enabled=False)
    page.goto(f"/clients/{client.pk}/")
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("button", name="Move to the trash").click()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(page.get_by_text("In the trash since")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_what_was_deleted_is_restored_from_the_trash(
    as_person: AsPerson, staff: User, options: dict[str, object], theme: str, axe: CheckAxe
) -> None:
    for title in ("Стрижка", "Укладка", "Окрашивание"):
        trash_deal(deal=make_deal(title, client=make_client("Анна")), by=staff)
    page = as_person(staff, color_scheme=theme, reduced_motion="reduce", **options)
    page.goto("/trash/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_label("Tick “Окрашивание”").check()
    page.get_by_label("Tick “Стрижка”").click(modifiers=["Shift"])
    expect(page.get_by_label("All on this page")).to_be_checked()
    page.get_by_label("Tick “Укладка”").uncheck()
    page.get_by_role("button", name="Restore those ticked").click()

    expect(toast(page, "2 records are back.")).to_be_visible()
    expect(page.locator(".rows.trash tbody tr")).to_have_text(re.compile("Укладка"))
    page.get_by_role("button", name="Restore “Укладка”").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    axe(page)
