"""The administration in a real browser: the strict content security policy refuses nothing, in either theme."""

import pytest
from django.conf import settings
from django.test import Client as Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import CustomField, Deal, Role
from tests.factories import make_client, make_deal, make_field, make_integration, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def said(page: Page) -> list[str]:
    """What the browser complains of: scripts that failed, styles and scripts that the policy refused."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    return complaints


@pytest.fixture
def office(page: Page, live_server: LiveServer) -> Page:
    """A page of the administrator's browser."""
    session = Session()
    session.force_login(make_user(role=Role.ADMINISTRATOR), backend="crm.authentication.PersonBackend")
    cookie = session.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


@pytest.fixture
def deal() -> Deal:
    date, choice = make_field("Дата визита", type="date"), make_field("Филиал", type="choice")
    return make_deal(client=make_client("Анна", phone="8 916 123-45-67"), values={date: "31.12.2026", choice: "Центр"})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lists_and_forms_meet_no_refusal(
    office: Page, live_server: LiveServer, said: list[str], deal: Deal, theme: str
) -> None:
    office.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    account, choice = make_integration(), CustomField.objects.get(name="Филиал")
    for path in (
        "",
        "crm/deal/",
        "crm/deal/add/",
        f"crm/deal/{deal.pk}/change/",
        f"crm/deal/{deal.pk}/delete/",
        f"crm/client/{deal.client_id}/change/",
        "crm/status/",
        f"crm/customfield/{choice.pk}/change/",
        "crm/user/add/",
        "crm/integration/add/",
        f"crm/integration/{account.pk}/rotate/",
        "analytics_api/calllog/",
    ):
        office.goto(f"{live_server.url}/admin/{path}")
        width = office.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, width) == (path, 0)

    assert said == []


def test_a_deal_is_edited_with_the_mouse(office: Page, live_server: LiveServer, said: list[str], deal: Deal) -> None:
    other = make_client("Олег Петров", phone="8 916 000-00-01")
    office.goto(f"{live_server.url}/admin/crm/deal/{deal.pk}/change/")

    office.locator(".select2-selection").click()
    office.locator(".select2-search__field").fill("8 916 000 00 01")
    office.locator(".select2-results__option", has_text="Олег Петров").click()
    office.locator(".field-created_at .date-icon").click()
    office.locator(".calendarbox .calendar-cancel a").first.click()
    office.locator("input[name=_save]").click()

    expect(office.locator(".messagelist")).to_be_visible()
    deal.refresh_from_db()
    assert (deal.client, said) == (other, [])


def test_a_client_is_added_from_the_deal(office: Page, live_server: LiveServer, said: list[str], deal: Deal) -> None:
    office.goto(f"{live_server.url}/admin/crm/deal/{deal.pk}/change/")

    with office.expect_popup() as opened:
        office.locator("#add_id_client").click()
    popup = opened.value
    popup.locator("#id_name").fill("Ольга")
    popup.locator("input[name=_save]").click()

    expect(office.locator(".select2-selection__rendered")).to_contain_text("Ольга")
    assert said == []


def test_a_row_is_added_to_the_contacts(office: Page, live_server: LiveServer, said: list[str], deal: Deal) -> None:
    office.goto(f"{live_server.url}/admin/crm/client/{deal.client_id}/change/")

    office.locator(".add-row a").click()
    office.locator("#id_contacts-2-kind").select_option("email")
    office.locator("#id_contacts-2-entered").fill("anna@example.com")
    office.locator("input[name=_continue]").click()

    expect(office.locator("#id_contacts-1-entered")).to_have_value("anna@example.com")
    assert said == []


def test_rows_of_a_list_are_selected(office: Page, live_server: LiveServer, said: list[str], deal: Deal) -> None:
    office.goto(f"{live_server.url}/admin/crm/deal/")

    office.locator("#action-toggle").check()
    expect(office.locator(".action-counter")).to_have_text("1 of 1 selected")
    office.locator("select[name=action]").select_option("trash")
    office.locator("button[name=index]").click()

    expect(office.locator(".messagelist")).to_have_text("1 deal is in the trash now.")
    assert said == []
