"""Settings → Integrations → Log of calls in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics_api.models import CallLog
from crm.models import Task, User
from tests.analytics_api.asking import Service
from tests.browser.conftest import AsPerson, CheckAxe
from tests.factories import make_deal, make_integration

WINDOWS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "telephone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
LIST = "/settings/integrations/"
LONG = "очень-длинное-слово-без-пробелов-" * 12


def is_as_wide_as_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth === window.innerWidth"))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_failed_request_is_found_read_and_sent_again_without_script(
    as_person: AsPerson, staff: User, axe: CheckAxe, window: str
) -> None:
    make_integration()
    service = Service()
    service.ask("import_scheme")
    service.refusal("task", element_id="5", text=LONG, deadline="завтра")
    page = as_person(staff, java_script_enabled=False, **WINDOWS[window])
    with_script = as_person(staff, **WINDOWS[window])

    def look() -> None:
        with_script.goto(page.url)
        assert is_as_wide_as_the_window(with_script)
        axe(with_script)

    page.goto(LIST)
    page.get_by_role("link", name="Log of all calls").click()
    expect(page.locator(".setting-log > li")).to_have_count(2)
    page.get_by_label("Outcome").select_option("Only errors")
    page.get_by_role("button", name="Show", exact=True).first.click()
    expect(page.locator(".setting-log > li")).to_have_count(1)
    look()

    page.locator(".setting-log .row-link").click()
    expect(page.get_by_role("heading", name="Error")).to_be_visible()
    expect(page.get_by_text(LONG)).to_be_visible()
    look()

    deal = make_deal()
    CallLog.objects.filter(outcome="error").update(
        parameters={"action": "task", "element_id": str(deal.pk), "text": LONG, "deadline": "2026-12-01T11:00"}
    )
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("It was sent again.")).to_be_visible()
    assert Task.objects.get().text == LONG
    look()
    page.get_by_role("link", name="It sends again what failed").click()
    expect(page.get_by_role("link", name="It was sent again")).to_be_visible()
    look()
