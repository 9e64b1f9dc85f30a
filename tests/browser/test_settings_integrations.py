"""Settings → Integrations in a real browser."""

from playwright.sync_api import Page, expect

from crm.models import Integration, User
from crm.services.integrations import account_by_secret
from tests.browser.conftest import AsPerson, CheckAxe, Console

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LIST = "/settings/integrations/"
LOGIN = "roistat-cloud-of-the-second-shop-on-the-embankment-2026"


def is_as_wide_as_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth === window.innerWidth"))


def test_an_account_is_made_gets_a_new_secret_and_is_switched_off(
    as_person: AsPerson, staff: User, theme: str, axe: CheckAxe, console: Console
) -> None:
    console.expect("422")
    page = as_person(staff, color_scheme=theme, **PHONE)
    page.goto(LIST)
    axe(page)
    page.get_by_role("main").get_by_role("link", name="New account").first.tap()
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Dialect").select_option("Roistat")
    page.get_by_label("Allowed addresses").fill("192.0.2.7 нет")
    page.get_by_role("button", name="Create").tap()
    expect(page.get_by_text("“нет” is no address")).to_be_visible()
    axe(page)
    page.get_by_label("Allowed addresses").fill("192.0.2.7")
    page.get_by_role("button", name="Create").tap()

    first = page.get_by_label("Secret", exact=True).input_value()
    assert account_by_secret(LOGIN, first)
    page.get_by_role("button", name="Copy").last.tap()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    axe(page)
    assert is_as_wide_as_the_window(page)

    page.get_by_role("link", name="Back to the integrations").tap()
    expect(page.get_by_role("link", name=LOGIN)).to_be_visible()
    axe(page)
    assert is_as_wide_as_the_window(page)
    page.get_by_role("link", name=LOGIN).tap()
    expect(page.get_by_role("heading", name="What to enter in the service")).to_be_visible()
    assert first not in page.content()
    axe(page)
    assert is_as_wide_as_the_window(page)

    page.get_by_role("link", name="New secret…").tap()
    page.get_by_label("How long the old secret still works").select_option("An hour")
    axe(page)
    page.get_by_role("button", name="Make a new secret").tap()
    second = page.get_by_label("Secret", exact=True).input_value()
    assert account_by_secret(LOGIN, first) == account_by_secret(LOGIN, second) is not None
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The secret was replaced meanwhile")
    assert second not in page.content()

    page.goto(f"{LIST}{Integration.objects.get().pk}/")
    page.get_by_role("button", name="End it now").tap()
    expect(page.locator(".toast")).to_contain_text("works no more")
    assert account_by_secret(LOGIN, first) is None
    page.get_by_role("button", name="Switch off").tap()
    expect(page.get_by_role("heading", name="Switched off")).to_be_visible()
    assert account_by_secret(LOGIN, second) is None


def test_without_script_a_secret_can_be_selected(as_person: AsPerson, staff: User) -> None:
    page = as_person(staff, java_script_enabled=False)
    page.goto(f"{LIST}new/")
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    assert account_by_secret(LOGIN, page.get_by_label("Secret", exact=True).input_value())
