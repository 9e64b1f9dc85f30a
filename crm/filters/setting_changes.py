"""Which changes of the settings the log shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters.periods import PeriodFilter
from crm.models import SettingChange, User
from crm.models.number import LARGEST
from crm.models.setting_change import SettingChangeQuerySet

SYSTEM = "system"


class SettingChangeFilter(PeriodFilter):
    """`before` is the key of a row: those older than it are shown."""

    narrowing = PeriodFilter.narrowing | {"about", "by"}

    about = forms.ChoiceField(
        label=_("Section"), required=False, choices=[("", _("All")), *SettingChange.About.choices]
    )
    by = forms.ChoiceField(label=_("By"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, data: Mapping[str, Any], *, user: User, day: date | None = None) -> None:
        super().__init__(data, user=user, day=day)
        people = User.objects.filter(pk__in=SettingChange.objects.authors()).order_by("full_name", "login")
        choices = [("", _("Everybody")), (SYSTEM, _("The system")), *((str(one.pk), str(one)) for one in people)]
        self.fields["by"].choices = choices  # type: ignore[attr-defined]

    def changes(self) -> SettingChangeQuerySet:
        """The latest first."""
        rows = SettingChange.objects.filter(self.within_period("at"))
        if about := self.chosen("about"):
            rows = rows.filter(about=about)
        if by := self.chosen("by"):
            rows = rows.filter(by=None if by == SYSTEM else int(by))
        if before := self.chosen("before"):
            rows = rows.filter(pk__lt=before)
        return rows.order_by("-pk")
