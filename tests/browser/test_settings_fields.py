"""Settings → Custom fields, and the log that tells of them, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from crm.models import CustomField, FieldValue, User
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.factories import make_deal

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.mark.parametrize(("theme", "size"), [("light", {}), ("dark", PHONE)], ids=["desk", "phone"])
def test_a_field_lives_from_its_choices_to_the_archive(
    as_person: AsPerson, staff: User, theme: str, axe: CheckAxe, console: Console, size: dict[str, object]
) -> None:
    console.expect("422")
    page = as_person(staff, color_scheme=theme, **size)
    page.goto("/settings/fields/")
    axe(page)

    page.get_by_role("link", name="New field").click()
    expect(page.get_by_label("Choices, one a line")).to_be_hidden()
    page.get_by_label("Name").fill("Очень длинное название поля о филиале, в котором принимали клиента")
    page.get_by_label("Type").select_option("Choice")
    page.get_by_label("Choices, one a line").fill("Центр\nСевер")
    page.get_by_label("On the cards of the board").check()
    axe(page)
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".toast")).to_contain_text("is added, behind the others")
    field = CustomField.objects.latest("pk")
    deal = make_deal(values={field: "Центр"})

    page.get_by_role("link", name=field.name, exact=True).click()
    page.get_by_role("button", name="Down: Центр").click()
    expect(page.locator("#choice-list .row-link")).to_have_text(["Север", "Центр"])
    axe(page)
    page.get_by_role("link", name="Remove Центр").click()
    page.get_by_label("What its deals get").select_option("Север")
    axe(page)
    page.get_by_role("button", name="Remove the choice").click()
    expect(page.locator("#choice-list .row-link")).to_have_text(["Север"])
    assert FieldValue.objects.get(deal=deal).text == "Север"

    page.get_by_label("Type").select_option("Number")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Does not fit: 1 of 1")).to_contain_text(f"Север #{deal.pk}")
    axe(page)
    assert no_wider_than_window(page)
    page.get_by_label("Yes, that is meant").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-row]", has_text=field.name)).to_contain_text("Number")

    page.get_by_role("link", name=f"Take out of use: {field.name}").click()
    page.get_by_role("button", name="Archive the field").click()
    expect(page.get_by_role("button", name=f"Use again: {field.name}")).to_be_visible()
    assert no_wider_than_window(page)

    page.goto("/settings/log/")
    expect(page.locator(".setting-log li").first).to_contain_text("archived: No → Yes")
    page.get_by_role("combobox", name="Section").select_option("Status")
    expect(page.get_by_role("heading", name="Nothing is found")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Show all").click()
    axe(page)
    assert no_wider_than_window(page)


def no_wider_than_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_without_script_a_field_is_made_and_put_in_order(as_person: AsPerson, staff: User) -> None:
    page = as_person(staff, java_script_enabled=False)
    page.goto("/settings/fields/new/")
    page.get_by_label("Name").fill("Филиал")
    page.get_by_label("Type").select_option("Choice")
    page.get_by_label("Choices, one a line").fill("Центр\nСевер")
    page.get_by_role("button", name="Add").click()

    page.get_by_role("button", name="Up: Филиал").click()

    expect(page.locator("[data-order] .row-link").nth(4)).to_have_text("Филиал")
