"""What every test stands on; the settings are in tests/settings.py."""

import math
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from crm.installation import KEPT, beginning
from tests.chromium import LAUNCH
from tests.tables import FirstRows, empty_quickly

# Playwright runs an event loop in the thread in which the tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# In CI a red run must be red again when it is repeated; elsewhere each run looks at new examples.
hypothesis_settings.register_profile("suite", max_examples=50, deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("suite")

empty_quickly()

BROWSER_TESTS = Path(__file__).parent / "browser"


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
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Makes the database, and keeps what the migrations put there for tests that empty the tables behind them."""
    with django_db_blocker.unblock():
        FirstRows.read()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | LAUNCH
