"""`make screenshots`: every page in both languages, both themes and two widths, with plenty of data and with none."""

import os
import shutil
import sys
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.chromium import LAUNCH
from tests.server.production_server import ProductionServer

DIRECTORY = Path(__file__).resolve().parent.parent / "var" / "screenshots"
LANGUAGES = ("ru", "en")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHTS = {1440: 900, 390: 844}

PASSWORD = "seen-by-the-camera"
PEOPLE = {"anna": "administrator", "oleg": "observer"}


@dataclass(frozen=True)
class Sight:
    """A page: its address, or the first link of `follow` that stands there, and of `then` on the page it leads to;
    `person` sees it ("": nobody).
    """

    name: str
    address: str
    follow: str = ""
    then: str = ""
    person: str = "anna"


SETUP = Sight("setup", "/setup/", person="")
SIGHTS = (
    Sight("login", "/login/", person=""),
    Sight("password", "/password/", person=""),
    Sight("password_link_old", "/password/MQ/no-token/", person=""),
    Sight("error_404_outside", "/nowhere/", person=""),
    Sight("board", "/"),
    Sight("board_filtered", "/?task=overdue"),
    Sight("deals", "/deals/"),
    Sight("bulks", "/deals/bulk/"),
    Sight("deals_nothing", "/deals/?q=zzzzzzzz"),
    Sight("views", "/views/"),
    Sight("deal", "/tasks/?of=all", 'main .task-row a[href^="/deals/"]'),
    Sight("deal_of_lead", "/deals/?q=заявка&task=overdue", 'main tbody a[href^="/deals/"]'),
    Sight("deal_move", "/", ".card-menu"),
    Sight("deal_new", "/deals/new/"),
    Sight("clients", "/clients/"),
    Sight("client", "/clients/", 'main tbody a[href^="/clients/"]'),
    Sight("client_contacts", "/clients/", 'main tbody a[href^="/clients/"]', then='main a[href$="/contacts/"]'),
    Sight("clients_nothing", "/clients/?q=zzzzzzzz"),
    Sight("client_new", "/clients/new/"),
    Sight("client_erase", "/clients/", 'main tbody a[href^="/clients/"]', then="main .menu-body a"),
    Sight("tasks", "/tasks/"),
    Sight("tasks_of_all", "/tasks/?of=all"),
    Sight("task", "/tasks/?of=all", "main .task-row .row-link"),
    Sight("task_new", "/tasks/new/"),
    Sight("calls", "/calls/"),
    Sight("calls_nothing", "/calls/?q=zzzzzzzz"),
    Sight("call_attach", "/calls/", 'main a[href*="/attach/"]'),
    Sight("trash", "/trash/"),
    Sight("search", "/search/?q=ива"),
    Sight("search_nothing", "/search/?q=zzzzzzzz"),
    Sight("notifications", "/notifications/"),
    Sight("notifications", "/notifications/"),
    Sight("profile", "/profile/"),
    Sight("two_step", "/profile/two-step/"),
    Sight("settings", "/settings/"),
    Sight("settings_statuses", "/settings/statuses/"),
    Sight("settings_status", "/settings/statuses/2/"),
    Sight("settings_status_remove", "/settings/statuses/2/remove/"),
    Sight("settings_fields", "/settings/fields/"),
    Sight("settings_field", "/settings/fields/", ".set-row:last-child .row-link"),
    Sight("settings_field_new", "/settings/fields/new/"),
    Sight("settings_field_remove", "/settings/fields/1/remove/"),
    Sight("settings_log", "/settings/log/"),
    Sight("settings_sign_ins", "/settings/sign-ins/"),
    Sight("settings_people", "/settings/people/"),
    Sight("settings_person", "/settings/people/", ".person .row-link"),
    Sight("settings_invite", "/settings/people/invite/"),
    Sight("settings_hand_over", "/settings/people/", ".person .row-link", then='a[href$="/hand-over/"]'),
    Sight("settings_person_off", "/settings/people/", ".person:last-child .row-link", then='a[href$="/off/"]'),
    Sight("settings_integrations", "/settings/integrations/"),
    Sight("settings_integration", "/settings/integrations/", ".person .row-link"),
    Sight("settings_integration_new", "/settings/integrations/new/"),
    Sight("settings_integration_secret", "/settings/integrations/", ".person .row-link", then='a[href$="/secret/"]'),
    Sight("settings_integrations_try", "/settings/integrations/", 'main .person a[href$="/try/"]'),
    Sight("settings_integrations_calls", "/settings/integrations/calls/"),
    Sight("settings_integrations_call", "/settings/integrations/calls/", "main .setting-log .row-link"),
    Sight("settings_firm", "/settings/firm/"),
    Sight("settings_demo", "/settings/firm/", ".settings-page a.danger"),
    Sight("error_403", "/deals/new/", person="oleg"),
    Sight("error_404", "/deals/999999999/"),
    Sight("admin", "/admin/"),
    Sight("admin_deals", "/admin/crm/deal/"),
    Sight("admin_deal", "/admin/crm/deal/", "#result_list tbody th a"),
)


def main(names: Collection[str]) -> None:
    """Takes the sights of these `names`; without any all of them, in a directory swept before."""
    if not names:
        shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as kept,
        sync_playwright() as playwright,
        playwright.chromium.launch(**LAUNCH) as browser,
    ):
        for data in ("empty", "demo"):
            directory = Path(kept) / data
            directory.mkdir()
            with ProductionServer(directory, f"sqlite:///{directory / 'crm.sqlite3'}") as server:
                visit(browser, server, data, names)


def visit(browser: Browser, server: ProductionServer, data: str, names: Collection[str]) -> None:
    """Takes what is wanted of the sights in this data; the set-up page is there only before the first person."""
    wanted = [sight for sight in (SETUP, *SIGHTS) if not names or sight.name in names]
    if data == "demo":
        server.manage("add_integration", "roistat")
        server.manage("seed_demo")
    elif SETUP in wanted:
        take(browser, server.base_url, data, [SETUP], None)
    for person, role in PEOPLE.items():
        server.manage("add_user", person, "--role", role, "--name", "Соколова Анна", "--password", PASSWORD)
    for person in ("", *PEOPLE):
        sights = [sight for sight in wanted if sight.person == person and sight != SETUP]
        if sights:
            take(browser, server.base_url, data, sights, session(browser, server, person) if person else None)


def session(browser: Browser, server: ProductionServer, person: str) -> StorageState:
    """What the browser keeps of a person who logged in."""
    with browser.new_context(base_url=server.base_url, locale="en") as context:
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label("Login").fill(person)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("/")
        return context.storage_state()


def take(browser: Browser, base_url: str, data: str, sights: list[Sight], state: StorageState | None) -> None:
    for language, (width, height) in product(LANGUAGES, HEIGHTS.items()):
        with browser.new_context(base_url=base_url, locale=language, storage_state=state) as context:
            page = context.new_page()
            for sight in sights:
                page.set_viewport_size({"width": width, "height": height})
                if arrive(page, sight):
                    # A window as high as the page, so that what sticks to its edges stands there in the picture too.
                    full_height = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": width, "height": full_height})
                    for theme in THEMES:
                        page.emulate_media(color_scheme=theme)
                        name = f"{data}-{sight.name}-{language}-{theme}-{width}.png"
                        page.screenshot(path=DIRECTORY / name, animations="disabled")


def arrive(page: Page, sight: Sight) -> bool:
    """Whether the sight is there: without data some links are not."""
    page.goto(sight.address)
    for link in filter(None, (sight.follow, sight.then)):
        links = page.locator(link)
        if not links.count():
            return False
        page.goto(str(links.first.get_attribute("href")))
    return True


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    main(sys.argv[1:])
