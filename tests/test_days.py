"""Days are the installation's, whatever the zone of the person who looks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.days import day_begins, day_ends, day_of, today

# Past midnight in Moscow, the evening before in UTC.
LATE = datetime(2026, 7, 11, 21, 30, tzinfo=UTC)


def test_a_moment_lies_in_the_installations_day() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert day_of(LATE) == today(LATE) == date(2026, 7, 12)


def test_a_day_has_a_first_and_a_last_moment() -> None:
    assert day_begins(date(2026, 7, 12)) == datetime(2026, 7, 11, 21, 0, tzinfo=UTC)
    assert day_ends(date(2026, 7, 12)) == datetime(2026, 7, 12, 20, 59, 59, 999999, tzinfo=UTC)
