"""Periods that people choose by name, in days of the installation."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.days import day_begins


class Period(models.TextChoices):
    TODAY = "today", _("today")
    YESTERDAY = "yesterday", _("yesterday")
    WEEK = "week", _("7 days")
    MONTH = "month", _("this month")
    LAST_MONTH = "last_month", _("last month")
    YEAR = "year", _("this year")

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day of the period; one that has not ended yet ends today."""
        first_of_month = today.replace(day=1)
        last_of_last_month = first_of_month - timedelta(days=1)
        yesterday = today - timedelta(days=1)
        return {
            Period.TODAY: (today, today),
            Period.YESTERDAY: (yesterday, yesterday),
            Period.WEEK: (today - timedelta(days=6), today),
            Period.MONTH: (first_of_month, today),
            Period.LAST_MONTH: (last_of_last_month.replace(day=1), last_of_last_month),
            Period.YEAR: (today.replace(month=1, day=1), today),
        }[self]


def within(column: str, first: date | None, last: date | None) -> Q:
    """The condition that the moment in `column` lies on one of the days; None leaves that side open."""
    condition = Q()
    if first is not None:
        condition &= Q(**{f"{column}__gte": day_begins(first)})
    if last is not None:
        condition &= Q(**{f"{column}__lt": day_begins(last + timedelta(days=1))})
    return condition
