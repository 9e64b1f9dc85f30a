"""The page of a deal in a real browser."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.models import Call, Client, CustomField, Deal, Role, Status, User
from crm.services.calls import CallReport, report_call
from crm.services.clients import Visitor
from crm.services.deals import change_deal
from crm.services.leads import Lead, take_lead
from crm.services.tasks import finish_task
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_client, make_deal, make_field, make_message, make_task, make_user

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCRIPT = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"

SMUGGLED = "document.querySelectorAll('img, main script').length"
DANGEROUS = """[...document.querySelectorAll('main [href], main [src]')]
    .filter((element) => /^\\s*javascript/i.test(element.href || element.src)).length"""


@pytest.fixture
def deal(staff: User) -> Deal:
    client = make_client("Фролова Наталья", phone="+7 923 410-29-94", email="frolova@example.ru")
    return make_deal("Свадебный образ", client=client, manager=staff, price=44_000)


def address(deal: Deal) -> str:
    return f"/deals/{deal.pk}/"


def slot(page: Page, name: str) -> Any:
    return page.locator(f"#slot-{name}")


def test_a_field_is_edited_in_place(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Price").click()
    desk.get_by_label("Price", exact=True).fill("48 000,50")
    desk.keyboard.press("Enter")

    expect(slot(desk, "price")).to_contain_text("48,000.50")
    expect(desk.locator("#deal-sum")).to_contain_text("48,000.50")
    expect(desk.locator(".ev").first).to_contain_text("44,000")
    expect(desk.get_by_role("link", name="Edit: Price")).to_be_focused()
    expect(desk).to_have_url(re.compile(f"{address(deal)}$"))


def test_escape_leaves_a_field_as_it_was(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Title").click()
    desk.get_by_label("Title", exact=True).fill("Something else")
    desk.keyboard.press("Escape")

    expect(desk.get_by_role("heading", level=1)).to_have_text("Свадебный образ")


def test_what_is_wrong_is_said_beside_the_field_and_kept(
    desk: Page, deal: Deal, console: Console, axe: CheckAxe
) -> None:
    console.expect("422")
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Price").click()
    desk.get_by_label("Price", exact=True).fill("a lot")
    desk.keyboard.press("Enter")

    expect(slot(desk, "price")).to_contain_text("Enter a number.")
    expect(desk.get_by_label("Price", exact=True)).to_have_value("a lot")
    axe(desk)


@pytest.mark.parametrize(
    ("kind", "typed", "seen"),
    [("date", "2026-12-18", "18 December 2026"), ("yes_no", "1", "Yes"), ("choice", "Невский, 20", "Невский, 20")],
)
def test_a_custom_field_is_edited_by_its_type(desk: Page, deal: Deal, kind: str, typed: str, seen: str) -> None:
    field = make_field("Филиал", type=kind)
    if kind == CustomField.Type.CHOICE:
        field.choices.create(label="Невский, 20")
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Филиал").click()
    box = desk.get_by_label("Филиал", exact=True)
    if kind == "date":
        box.fill(typed)
    else:
        box.select_option(typed)
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(slot(desk, f"field-{field.pk}").locator("dd")).to_contain_text(seen)


def test_a_client_is_chosen_of_those_that_may_be_meant(desk: Page, deal: Deal, console: Console) -> None:
    console.expect("422")
    make_client("Фролова Анна")
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Client").click()
    desk.get_by_label("Number, phone, e-mail or name").fill("фролова")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Several clients may be meant")).to_be_visible()
    desk.get_by_role("button", name="Фролова Анна").click()

    expect(slot(desk, "client").get_by_role("link", name="Фролова Анна")).to_be_visible()
    expect(desk.locator(".ev").first).to_contain_text("Фролова Анна")


def test_enter_looks_again_and_makes_no_client(desk: Page, deal: Deal, console: Console) -> None:
    console.expect("422")
    make_client("Лебедева Юлия", phone="+7 800 700-00-01")
    desk.goto(address(deal))
    desk.get_by_role("link", name="Edit: Client").click()
    for typed in ("никто такой", "лебедева"):
        desk.get_by_label("Number, phone, e-mail or name").fill(typed)
        desk.keyboard.press("Enter")
        expect(slot(desk, "client")).to_contain_text("Nobody is known by that." if typed[0] == "н" else "Лебедева")

    expect(desk.locator("#deal-contacts")).to_contain_text("+7 800 700-00-01")
    assert Client.objects.count() == 2


def test_a_comment_is_written_and_the_box_is_empty_again(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("textbox", name="Comment").fill("Просит рассрочку")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator(".ev").first).to_contain_text("Просит рассрочку")
    expect(desk.get_by_role("textbox", name="Comment")).to_have_value("")
    expect(desk.get_by_role("textbox", name="Comment")).to_be_focused()


def test_a_draft_is_there_again_after_the_page_was_left(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("textbox", name="Comment").fill("Просит рас")
    desk.get_by_role("button", name="Move to “В работе”").click()
    expect(desk.locator(".steps [aria-current]")).to_contain_text("В работе")

    expect(desk.get_by_role("textbox", name="Comment")).to_have_value("Просит рас")


@pytest.mark.smoke
def test_a_task_is_planned_moved_and_done_and_the_last_one_asks_for_the_next(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("link", name="Task", exact=True).click()
    desk.get_by_label("What is to be done").fill("Согласовать время")
    desk.get_by_role("button", name="Plan", exact=True).click()
    plan = desk.locator(".plan")
    expect(plan.locator(".due")).to_have_text("tomorrow")

    plan.get_by_text("Postpone").click()
    plan.get_by_role("button", name="In 3 days").click()
    expect(plan.locator(".due")).not_to_have_text("tomorrow")

    desk.get_by_role("button", name="Done: Согласовать время").click()
    expect(desk.locator(".ev").first).to_contain_text("Согласовать время")
    expect(desk.get_by_label("Done. What comes next?")).to_be_focused()

    desk.keyboard.type("Взять предоплату")
    desk.keyboard.press("Enter")
    expect(desk.locator(".plan")).to_contain_text("Взять предоплату")


def test_a_task_can_be_given_to_a_colleague(desk: Page, deal: Deal) -> None:
    make_user(full_name="Соколов Олег")
    desk.goto(address(deal))
    desk.get_by_role("link", name="Task", exact=True).click()
    desk.get_by_label("What is to be done").fill("Согласовать время")
    expect(desk.get_by_label("For whom").get_by_role("option", name="Соколов Олег")).to_be_attached()
    desk.get_by_label("For whom").select_option("Соколов Олег")
    desk.get_by_role("button", name="Plan", exact=True).click()

    expect(desk.locator(".plan")).to_contain_text("Соколов Олег")


def test_on_a_deal_of_nobody_a_task_stays_mine_while_everyone_is_fetched(desk: Page, staff: User) -> None:
    make_user(login="alla", full_name="Аверина Алла", role=Role.MANAGER)
    desk.goto(f"{address(make_deal('Свадебный образ'))}?compose=task")

    expect(desk.locator("#task-everyone option")).to_have_text(["Аверина Алла"])
    assert desk.get_by_label("For whom").input_value() == str(staff.pk)


def test_a_call_is_written_down_with_what_was_said(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("link", name="Call", exact=True).click()
    desk.get_by_label("Phone").fill("+7 923 410-29-94")
    desk.get_by_label("Minutes").fill("4")
    desk.get_by_label("What was said").fill("Ждёт примеры работ")
    desk.get_by_role("button", name="Write down the call").click()

    expect(desk.locator(".ev-calls")).to_contain_text("Outgoing call")
    expect(desk.locator(".ev-calls")).to_contain_text("4:00")
    expect(desk.locator(".ev-comments")).to_contain_text("Ждёт примеры работ")


def test_a_deal_is_lost_with_a_reason(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_role("button", name="Закрыта…").click()
    desk.get_by_role("dialog").get_by_label("Reason").fill("Дорого")
    desk.keyboard.press("Enter")

    expect(desk.locator(".steps [aria-current]")).to_contain_text("Закрыта")
    expect(slot(desk, "lost_reason")).to_contain_text("Дорого")


def test_a_deal_goes_to_the_trash_and_comes_back(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.get_by_label("More").click()
    desk.get_by_role("button", name="Move to the trash").click()
    expect(desk.get_by_text("In the trash since")).to_be_visible()
    expect(desk.get_by_role("link", name="Edit: Price")).to_have_count(0)

    desk.locator(".deal-note").get_by_role("button", name="Restore").click()

    expect(desk.locator(".steps [aria-current]")).to_contain_text("Новая")


@pytest.mark.smoke
def test_of_two_people_on_one_field_the_second_is_told_and_chooses(
    as_person: AsPerson, staff: User, deal: Deal, console: Console, axe: CheckAxe
) -> None:
    console.expect("409")
    oleg = make_user(full_name="Соколов Олег")
    first, second = as_person(staff), as_person(oleg)
    for page, price in ((first, "45000"), (second, "50000")):
        page.goto(address(deal))
        page.get_by_role("link", name="Edit: Price").click()
        page.get_by_label("Price", exact=True).fill(price)
    first.keyboard.press("Enter")
    expect(slot(first, "price")).to_contain_text("45,000")

    second.keyboard.press("Enter")

    expect(slot(second, "price")).to_contain_text("Иванова Марина has changed this meanwhile")
    expect(slot(second, "price")).to_contain_text("45,000")
    expect(second.get_by_label("Price", exact=True)).to_have_value("50000")
    axe(second)
    second.get_by_role("button", name="Save mine").click()
    expect(second.locator("#deal-sum")).to_contain_text("50,000")
    deal.refresh_from_db()
    assert deal.price == 50_000


def test_two_people_on_two_fields_are_both_saved(as_person: AsPerson, staff: User, deal: Deal) -> None:
    first, second = as_person(staff), as_person(make_user())
    for page, name, typed in ((first, "Price", "45000"), (second, "Cost", "21500")):
        page.goto(address(deal))
        page.get_by_role("link", name=f"Edit: {name}").click()
        page.get_by_label(name, exact=True).fill(typed)
    first.keyboard.press("Enter")
    expect(slot(first, "price")).to_contain_text("45,000")
    second.keyboard.press("Enter")

    expect(second.locator("#deal-profit")).to_contain_text("23,500")
    expect(second.locator("#deal-sum")).to_contain_text("45,000")


def test_the_timeline_is_filtered_by_the_address_and_back_undoes_it(desk: Page, deal: Deal) -> None:
    make_message(deal, "Просит рассрочку")
    desk.goto(address(deal))
    desk.locator(".kinds").get_by_role("link", name="Comments").click()
    expect(desk).to_have_url(re.compile("kind=comments$"))
    expect(desk.locator(".ev")).to_have_count(1)

    desk.go_back()

    expect(desk.locator(".ev")).to_have_count(2)


def test_what_is_earlier_is_added_below(desk: Page, deal: Deal) -> None:
    for number in range(45):
        make_message(deal, f"Комментарий {number}")
    desk.goto(address(deal))
    expect(desk.locator(".ev")).to_have_count(40)
    desk.get_by_role("link", name="Earlier").click()

    expect(desk.locator(".ev")).to_have_count(46)
    expect(desk.get_by_role("link", name="Earlier")).to_have_count(0)


def test_without_script_a_deal_is_read_edited_moved_and_commented(
    as_person: AsPerson, staff: User, deal: Deal
) -> None:
    page = as_person(staff, java_script_enabled=False)
    page.goto(address(deal))
    page.get_by_role("textbox", name="Comment").fill("Просит рассрочку")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".ev").first).to_contain_text("Просит рассрочку")

    page.get_by_role("link", name="Edit: Price").click()
    page.get_by_label("Price", exact=True).fill("48000")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#deal-sum")).to_contain_text("48,000")

    page.get_by_role("link", name="Task", exact=True).click()
    page.get_by_label("What is to be done").fill("Согласовать время")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("button", name="Done: Согласовать время").click()
    expect(page.get_by_label("Done. What comes next?")).to_be_visible()

    page.get_by_role("button", name="Move to “В работе”").click()
    expect(page.locator(".steps [aria-current]")).to_contain_text("В работе")
    page.get_by_role("button", name="Закрыта…").click()
    page.get_by_label("Reason").fill("Дорого")
    page.get_by_role("button", name="Close as lost").click()
    expect(slot(page, "lost_reason")).to_contain_text("Дорого")


def test_script_in_what_the_protocol_fills_is_inert(desk: Page) -> None:
    service = make_user(full_name=SCRIPT, role=Role.MANAGER)
    field = make_field(f"Поле {SCRIPT}"[:100])
    link = make_field("Ссылка", type="link")
    lead = Lead(
        title=SCRIPT,
        visitor=Visitor(SCRIPT, SCRIPT, f"{SCRIPT}@example.ru"),
        comment=f"{SCRIPT} javascript:alert(1)",
        visit=SCRIPT,
        values={field: SCRIPT, link: "javascript:document.title='broken'"},
        data={SCRIPT: SCRIPT, "items": SCRIPT},
        parameters={"created_date": SCRIPT},
    )
    deal, _ = take_lead(lead=lead, by=service, via="protocol")  # type: ignore[arg-type]
    report = CallReport("1", SCRIPT, SCRIPT, SCRIPT, visit=SCRIPT, marker=SCRIPT, deal=deal)
    report.unread = {"file_url": "javascript:document.title='broken'", SCRIPT: SCRIPT}
    report_call(report=report, by=service)
    make_task(deal, SCRIPT)
    finish_task(task=make_task(deal, SCRIPT), by=service)
    change_deal(deal=deal, by=service, visit=f"2{SCRIPT}", lost_reason=SCRIPT)
    desk.goto(address(deal))
    for place in ("summary:has(h2)", ".raw > summary"):
        desk.locator(place).click()
    desk.wait_for_timeout(300)

    assert "broken" not in desk.title().replace(SCRIPT, "")
    assert desk.evaluate(SMUGGLED) == 0
    assert desk.evaluate(DANGEROUS) == 0
    for name in ("title", "visit", "client", f"field-{field.pk}"):
        desk.goto(f"{address(deal)}fields/{name}/")
        assert desk.evaluate(SMUGGLED) == 0


@pytest.fixture(params=[{}, PHONE], ids=["wide", "phone"])
def screen(request: pytest.FixtureRequest, as_person: AsPerson, staff: User, theme: str) -> Page:
    """A page of staff in either theme, on a desktop and on a phone."""
    return as_person(staff, color_scheme=theme, **request.param)


def test_nothing_is_wrong_for_axe(screen: Page, staff: User, deal: Deal, axe: CheckAxe) -> None:
    Call.objects.create(deal=deal, file_url="https://records.example.ru/1.mp3", status="ANSWER", duration=252)
    make_message(deal, "Просит рассрочку: https://example.ru/")
    make_task(deal, "Согласовать время", due_at=timezone.now(), assignee=staff)
    change_deal(deal=deal, by=staff, price=48_000, cost=21_500, extra={"data": {"quiz": "Да"}})
    screen.route("https://records.example.ru/**", lambda route: route.abort())
    screen.goto(address(deal))
    screen.locator("#deal-order > details > summary").click()
    axe(screen)
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")

    screen.goto(f"{address(deal)}?compose=call")
    axe(screen)
    screen.goto(f"{address(deal)}fields/manager/?compose=task")
    axe(screen)


def test_on_a_phone_a_deal_is_commented_and_moved(as_person: AsPerson, staff: User, deal: Deal) -> None:
    page = as_person(staff, **PHONE)
    page.goto(address(deal))
    page.get_by_role("link", name="What happens").tap()
    page.get_by_role("textbox", name="Comment").fill("Просит рассрочку")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".ev").first).to_contain_text("Просит рассрочку")
    page.get_by_role("button", name="Move to “В работе”").tap()

    expect(page.locator(".steps [aria-current]")).to_contain_text("В работе")
    assert Deal.objects.get(pk=deal.pk).status == Status.objects.get(pk=2)


def test_what_roistat_sees_is_the_exported_order(desk: Page, deal: Deal) -> None:
    desk.goto(address(deal))
    desk.locator("#deal-order > details > summary").click()
    desk.locator(".raw > summary").click()

    assert json.loads(desk.locator(".raw pre").inner_text()) == json.loads(deal.order_json)
    expect(desk.locator(".order")).to_contain_text("Новая")
