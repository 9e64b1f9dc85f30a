"""Settings → Statuses in a real browser."""

from playwright.sync_api import Locator, Page, Route, expect

from crm.models import Deal, Status, User
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_deal

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def names(page: Page) -> Locator:
    return page.locator("[data-order] .row-link")


def in_order() -> list[str]:
    return [status.name for status in Status.objects.all() if status.is_usable]


def drag(page: Page, name: str, onto: str) -> None:
    """By the grip, past the middle of another row."""
    page.get_by_role("button", name=f"Move: {name}").hover()
    page.mouse.down()
    box = page.locator("[data-row]", has_text=onto).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] * 0.7, steps=5)
    page.mouse.up()


def test_statuses_are_put_in_order_by_mouse_keyboard_and_buttons(desk: Page) -> None:
    desk.goto("/settings/statuses/")

    drag(desk, "Новая", onto="Оплачена")
    expect(names(desk)).to_have_text(["В работе", "Оплачена", "Новая", "Закрыта"])
    expect(desk.locator("#order-said")).to_have_text("“Новая” is at place 3 of 4 now.")

    grip = desk.get_by_role("button", name="Move: Закрыта")
    for key in (" ", "ArrowUp", "ArrowUp", "ArrowUp", " "):
        grip.press(key)
    expect(names(desk)).to_have_text(["Закрыта", "В работе", "Оплачена", "Новая"])
    expect(grip).to_be_focused()

    for key in (" ", "ArrowDown", "Escape"):
        grip.press(key)
    expect(names(desk)).to_have_text(["Закрыта", "В работе", "Оплачена", "Новая"])

    desk.get_by_role("button", name="Up: Новая").click()
    expect(names(desk)).to_have_text(["Закрыта", "В работе", "Новая", "Оплачена"])
    assert in_order() == ["Закрыта", "В работе", "Новая", "Оплачена"]


def test_a_row_is_picked_up_before_the_server_answered_of_the_one_before(desk: Page) -> None:
    desk.goto("/settings/statuses/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/place/", hold)
    grip = desk.get_by_role("button", name="Move: Закрыта")
    for key in (" ", "ArrowUp", " ", " ", "ArrowUp"):
        grip.press(key)
    with desk.expect_response("**/place/"):
        held.pop().continue_()
    expect(names(desk)).to_have_text(["Новая", "Закрыта", "В работе", "Оплачена"])

    grip.press("Escape")

    expect(names(desk)).to_have_text(["Новая", "В работе", "Закрыта", "Оплачена"])
    expect(desk.locator(".set-places").last.get_by_role("button", include_hidden=True).last).to_be_disabled()
    expect(grip).to_be_focused()


def test_the_answer_to_an_earlier_move_does_not_undo_a_later_one(desk: Page) -> None:
    desk.goto("/settings/statuses/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/place/", hold)
    grip = desk.get_by_role("button", name="Move: Закрыта")
    for key in (" ", "ArrowUp", " ", " ", "ArrowUp", " "):
        grip.press(key)
    expect(names(desk)).to_have_text(["Новая", "Закрыта", "В работе", "Оплачена"])
    # One row's moves are sent one after the other.
    for _ in range(2):
        with desk.expect_response("**/place/"):
            while not held:
                desk.wait_for_timeout(20)
            held.pop().continue_()
        expect(names(desk)).to_have_text(["Новая", "Закрыта", "В работе", "Оплачена"])

    expect(desk.get_by_role("button", name="Up: Закрыта")).to_be_enabled()
    expect(names(desk)).to_have_text(["Новая", "Закрыта", "В работе", "Оплачена"])


def test_an_order_that_is_not_saved_goes_back(desk: Page, console: Console) -> None:
    console.expect("500")
    desk.goto("/settings/statuses/")
    desk.route("**/place/", lambda route: route.fulfill(status=500))

    drag(desk, "Новая", onto="Оплачена")

    expect(desk.get_by_role("alert")).to_contain_text("That did not work.")
    expect(names(desk)).to_have_text(["Новая", "В работе", "Оплачена", "Закрыта"])


def test_a_status_lives_from_the_first_deal_to_the_archive(
    as_person: AsPerson, staff: User, theme: str, axe: CheckAxe, console: Console
) -> None:
    console.expect("422")
    page = as_person(staff, color_scheme=theme, **PHONE)
    page.goto("/settings/statuses/")
    axe(page)

    page.get_by_role("link", name="New status").tap()
    page.get_by_label("Name").fill("Примерка")
    page.get_by_label("Teal").check()
    page.get_by_label("Stale after, days").fill("7")
    axe(page)
    page.get_by_role("button", name="Add").tap()
    expect(page.locator(".toast")).to_contain_text("The status “Примерка” is added")
    status = Status.objects.get(name="Примерка")
    deal = make_deal(status=status)

    page.get_by_role("link", name="Примерка", exact=True).tap()
    page.get_by_label("Kind").select_option("Won")
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("alert")).to_contain_text("1 deal in it closes")
    axe(page)
    page.get_by_label("Yes, that is meant").check()
    page.get_by_role("button", name="Save").tap()
    expect(page.locator("[data-row]", has_text="Примерка")).to_contain_text("Won")

    page.get_by_role("link", name="Take out of use: Примерка").tap()
    page.get_by_label("Where its deals go").select_option("В работе")
    axe(page)
    page.get_by_role("button", name="Move the deals and archive the status").tap()
    expect(page.locator(".toast")).to_contain_text("1 deal is moved; the status “Примерка” is archived.")
    assert Deal.objects.get(pk=deal.pk).status.name == "В работе"

    page.get_by_role("button", name="Use again: Примерка").tap()
    expect(names(page)).to_contain_text(["Новая", "В работе", "Оплачена", "Закрыта", "Примерка"])
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_script_everything_works(as_person: AsPerson, staff: User) -> None:
    page = as_person(staff, java_script_enabled=False)
    page.goto("/settings/statuses/")

    expect(page.get_by_role("button", name="Move: Новая")).to_be_hidden()
    page.get_by_role("button", name="Down: Новая").click()

    expect(names(page)).to_have_text(["В работе", "Новая", "Оплачена", "Закрыта"])
