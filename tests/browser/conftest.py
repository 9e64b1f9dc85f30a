"""A live server, people who are logged in, and two watchmen: nothing in the console, no violation found by axe."""

import re
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection, connections
from django.test import Client as HttpClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Role, User
from tests.factories import make_user

DESKTOP = {"width": 1440, "height": 900}

# Two workers with a browser and a server each share two noisy cores: what comes late is no failure.
PATIENCE = 20_000  # ms
expect.set_options(timeout=PATIENCE)

# A page that is left while htmx asks says so in two lines; of a request that fails the second names another reason.
LEFT = re.compile("^htmx:(afterRequest|sendAbort), ")

AsPerson = Callable[..., Page]
CheckAxe = Callable[[Page], None]


class Console:
    """What the browser complained about: errors of scripts, refused by the CSP, not loaded."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[re.Pattern[str]] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self.take_down)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def take_down(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def expect(self, pattern: str) -> None:
        """A complaint that belongs to the test, such as the 409 that Chromium reports as not loaded."""
        self.expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        ignored = [*self.expected, LEFT]
        return [text for text in self.complaints if not any(pattern.search(text) for pattern in ignored)]


@pytest.fixture(scope="session", autouse=True)
def _let_the_database_go(browser: Browser, django_db_setup: None) -> Iterator[None]:
    """The connection beside the event loop ends before the loop does: nobody could reach it afterwards, and the
    database could not be dropped.
    """
    yield
    connections.close_all()


@pytest.fixture
def _quiet_server(live_server: LiveServer) -> Iterator[None]:
    """Waits until the server has answered what a closed page asked for last: emptying the tables would meet it."""
    yield
    if connection.vendor == "postgresql":
        busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        deadline, quiet = time.monotonic() + PATIENCE / 1000, 0
        while time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute(busy)
                [(active,)] = cursor.fetchall()
            quiet = quiet + 1 if active <= 1 else 0  # one is the question itself
            if quiet == 3:
                return
            time.sleep(0.02)


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "en-GB"}


@pytest.fixture
def console() -> Generator[Console]:
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def new_context(
    _quiet_server: None, new_context: Callable[..., BrowserContext], console: Console
) -> Callable[..., BrowserContext]:
    """The plugin's own, as large as a desktop, with an eye on the console of every page."""

    def make(**options: Any) -> BrowserContext:
        context = new_context(**{"viewport": DESKTOP} | options)
        context.set_default_timeout(PATIENCE)
        console.watch(context)
        return context

    return make


@pytest.fixture
def as_person(new_context: Callable[..., BrowserContext], live_server: LiveServer) -> AsPerson:
    """A page in a browser of his own, in which this person is logged in; `options` are those of a context."""

    def open_page(user: User, **options: Any) -> Page:
        context = new_context(**options)
        context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": live_server.url}])
        return context.new_page()

    return open_page


@pytest.fixture
def staff() -> User:
    return make_user(login="marina", full_name="Иванова Марина", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(as_person: AsPerson, staff: User) -> Page:
    """A page in which `staff`, an administrator, is logged in."""
    return as_person(staff)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    """Both, one after the other: pass it on as `color_scheme`."""
    return str(request.param)


@pytest.fixture
def axe() -> CheckAxe:
    """Asserts that axe-core finds nothing wrong with a page as it stands."""

    def check(page: Page) -> None:
        assert violations(page) == []

    return check


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands."""
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def session_of(user: User) -> str:
    """The session cookie of a person who has just logged in."""
    client = HttpClient()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)
