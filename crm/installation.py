"""What holds for the whole installation: language, time zone and currency.

`TIME_ZONE` and `CURRENCY` of the environment win. Otherwise it is what people chose, read from the database by each
process at most every LIFE seconds, since every page needs it; whoever writes it calls `read_anew`.
"""

import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from crm.models import Installation

LIFE = 15.0


@dataclass
class Kept:
    """What this process has read, and until when it believes it."""

    row: Installation | None = None
    until: float = 0.0


KEPT = Kept()


def installation() -> Installation:
    """What was chosen, or what a new installation begins with; not to be changed, and perhaps LIFE seconds old."""
    row = KEPT.row
    if row is None or KEPT.until < time.monotonic():
        row = Installation.objects.first() or beginning()
        KEPT.row, KEPT.until = row, time.monotonic() + LIFE
    return row


def beginning() -> Installation:
    return Installation(
        pk=1, language=settings.LANGUAGE_CODE, time_zone=settings.TIME_ZONE, currency=settings.CURRENCY
    )


def read_anew() -> None:
    """What this process kept is not true any more."""
    KEPT.row = None


def is_fixed(name: str) -> bool:
    """Whether the environment says it, "TIME_ZONE" or "CURRENCY"."""
    return name in settings.FIXED_BY_ENVIRONMENT


def zone() -> ZoneInfo:
    """The zone that days are of."""
    return ZoneInfo(settings.TIME_ZONE if is_fixed("TIME_ZONE") else installation().time_zone)


def currency() -> str:
    """The code of the one currency that all money is in."""
    code: str = settings.CURRENCY if is_fixed("CURRENCY") else installation().currency
    return code


def language() -> str:
    """The language of what the CRM writes by itself for people who chose none."""
    return installation().language
