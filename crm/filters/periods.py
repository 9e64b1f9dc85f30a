"""Periods that people choose by name or by their days, in days of the installation."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.days import day_begins, today
from crm.filters.addressed import AddressedFilter
from crm.models import User

SANE_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


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


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodFilter(AddressedFilter):
    """A list of which a period can be chosen: by its name, by the days from and to, or by both; `day` is today."""

    narrowing = frozenset({"period", "since", "until"})

    period = forms.ChoiceField(label=_("Period"), required=False, choices=[("", _("Any time")), *Period.choices])
    since = forms.DateField(label=_("From"), required=False, widget=DayInput, validators=SANE_DAYS)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput, validators=SANE_DAYS)

    def __init__(self, data: Mapping[str, Any], *, user: User, day: date | None = None) -> None:
        super().__init__(data, user=user)
        self.day = day or today()

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of a period of one's own."""
        return [self["since"], self["until"]]

    def within_period(self, column: str) -> Q:
        """The condition that the moment in `column` lies in what is chosen."""
        named = self.chosen("period")
        condition = within(column, self.chosen("since"), self.chosen("until"))
        return condition & within(column, *Period(named).days(self.day)) if named else condition
