"""What every test stands on; the settings are in tests/settings.py."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from crm.installation import KEPT, beginning
from tests.chromium import LAUNCH

# Playwright runs an event loop in the thread in which the tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# In CI a red run must be red again when it is repeated; elsewhere each run looks at new examples.
hypothesis_settings.register_profile("suite", max_examples=50, deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("suite")

BROWSER_TESTS = Path(__file__).parent / "browser"
FIRST_ROWS = pytest.StashKey[tuple[str, DjangoDbBlocker]]()


@pytest.fixture(autouse=True)
def _installation_at_its_beginning() -> None:
    """What an installation begins with is not read from the database, so that queries can be counted."""
    KEPT.row, KEPT.until = beginning(), math.inf


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE'].rpartition('.')[2]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """Makes the database; its value is what the migrations put there, for tests that empty the tables behind them.

    Django keeps it on its connection, which tests in a browser lose: they run beside an event loop and have another.
    """
    with django_db_blocker.unblock():
        rows = connection.creation.serialize_db_to_string()
    request.config.stash[FIRST_ROWS] = (rows, django_db_blocker)
    return rows


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Puts back what the migrations wrote behind a test that emptied the tables: the next may be of any kind."""
    yield
    # Behind the last one there is no database any more.
    if nextitem is not None and empties_tables(item) and FIRST_ROWS in item.config.stash:
        rows, blocker = item.config.stash[FIRST_ROWS]
        with blocker.unblock():
            connection.creation.deserialize_db_from_string(rows)
            # Beside a browser's event loop this is a connection that nobody else would close.
            connection.close()


def empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool(fixtures & {"transactional_db", "live_server"})


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | LAUNCH
