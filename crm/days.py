"""Days are the installation's: a person's own zone, Django's current one, only shows clock times."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from crm.installation import zone


def day_of(moment: datetime) -> date:
    """The installation's day in which a moment lies."""
    return timezone.localdate(moment, zone())


def today(at: datetime | None = None) -> date:
    """The installation's day at `at` (now)."""
    return day_of(at or timezone.now())


def day_begins(day: date) -> datetime:
    """The first moment of the installation's day."""
    return timezone.make_aware(datetime.combine(day, time.min), zone())


def day_ends(day: date) -> datetime:
    """The last moment of the installation's day: when a task for the whole day is due."""
    return day_begins(day + timedelta(days=1)) - timedelta(microseconds=1)
