"""Which changes of the settings the log shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.days import today
from crm.filters.addressed import AddressedFilter
from crm.filters.deals import SANE_DAYS, DayInput
from crm.filters.periods import Period, within
from crm.models import SettingChange, User
from crm.models.setting_change import SettingChangeQuerySet
from crm.services.subjects import LARGEST

SYSTEM = "system"


class SettingChangeFilter(AddressedFilter):
    """`before` is the key of a row: those older than it are shown."""

    narrowing = frozenset({"about", "by", "period", "since", "until"})

    about = forms.ChoiceField(
        label=_("Section"), required=False, choices=[("", _("All")), *SettingChange.About.choices]
    )
    by = forms.ChoiceField(label=_("By"), required=False)
    period = forms.ChoiceField(label=_("Period"), required=False, choices=[("", _("Any time")), *Period.choices])
    since = forms.DateField(label=_("From"), required=False, widget=DayInput, validators=SANE_DAYS)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput, validators=SANE_DAYS)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, data: Mapping[str, Any], *, user: User, day: date | None = None) -> None:
        super().__init__(data, user=user)
        self.day = day or today()
        people = User.objects.filter(pk__in=SettingChange.objects.authors()).order_by("full_name", "login")
        choices = [("", _("Everybody")), (SYSTEM, _("The system")), *((str(one.pk), str(one)) for one in people)]
        self.fields["by"].choices = choices  # type: ignore[attr-defined]

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of a period of one's own."""
        return [self["since"], self["until"]]

    def changes(self) -> SettingChangeQuerySet:
        """The latest first."""
        rows = SettingChange.objects.filter(within("at", self.chosen("since"), self.chosen("until")))
        if named := self.chosen("period"):
            rows = rows.filter(within("at", *Period(named).days(self.day)))
        if about := self.chosen("about"):
            rows = rows.filter(about=about)
        if by := self.chosen("by"):
            rows = rows.filter(by=None if by == SYSTEM else int(by))
        if before := self.chosen("before"):
            rows = rows.filter(pk__lt=before)
        return rows.order_by("-pk")
