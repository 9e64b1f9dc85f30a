"""Settings → Integrations → Try it in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from analytics_api.models import CallLog
from crm.models import Deal, Message, User
from tests.browser.conftest import AsPerson, CheckAxe
from tests.factories import make_deal, make_integration

WINDOWS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "telephone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


def is_as_wide_as_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth === window.innerWidth"))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_write_is_tried_and_leaves_nothing(as_person: AsPerson, staff: User, axe: CheckAxe, window: str) -> None:
    make_integration("roistat-cloud-of-the-second-shop-on-the-embankment-2026")
    deal = make_deal()
    page = as_person(staff, **WINDOWS[window])

    page.goto("/settings/integrations/")
    assert is_as_wide_as_the_window(page)
    axe(page)
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_text("This action has no parameters.")).to_be_visible()
    page.get_by_role("navigation", name="Action").get_by_role("link", name="message").click()
    expect(page.get_by_label("leadId")).to_have_value(str(deal.pk))
    axe(page)
    page.get_by_label("message").fill("Длинное-слово-без-пробелов-" * 12)
    page.get_by_role("button", name="Try without keeping").click()

    expect(page.get_by_text("Status 200")).to_be_visible()
    expect(page.locator("pre").first).to_contain_text('"message_id": "')
    expect(page.locator("pre").last).to_contain_text("Authorization: Basic ***")
    assert is_as_wide_as_the_window(page)
    axe(page)
    assert (Deal.objects.count(), Message.objects.count(), CallLog.objects.count()) == (1, 0, 0)

    page.get_by_role("navigation", name="Action").get_by_role("link", name="lead").click()
    page.get_by_role("button", name="Try without keeping").click()
    expect(page.get_by_text("The log would flag it:")).to_be_visible()
    axe(page)
    assert Deal.objects.get() == deal
