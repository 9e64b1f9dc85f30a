"""The demo of the tests."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.services.demo.amounts import Amounts
from crm.services.demo.seeding import seed_demo

NOW = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Moscow"))


def seed(deals: int = 1000, **options: Any) -> Amounts:
    given: dict[str, Any] = {"seed": 7, "now": NOW} | options
    return seed_demo(deals=deals, **given)
