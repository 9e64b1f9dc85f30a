"""Which calls the log shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics_api.actions import ACTIONS
from analytics_api.models import CallLog, CallLogQuerySet
from crm.filters.periods import PeriodFilter
from crm.models import Integration, User
from crm.models.number import LARGEST

FAILED, NOT_OK = "failed", "not_ok"


class CallFilter(PeriodFilter):
    """`before` is the key of a row: those older than it are shown."""

    narrowing = PeriodFilter.narrowing | {"account", "action", "outcome"}

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("All")), (NOT_OK, _("Errors and remarks")), (FAILED, _("Only errors"))],
    )
    account = forms.ChoiceField(label=_("Account"), required=False)
    action = forms.ChoiceField(
        label=_("Action"), required=False, choices=[("", _("All")), *((name, name) for name in ACTIONS)]
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, data: Mapping[str, Any], *, user: User, day: date | None = None) -> None:
        super().__init__(data, user=user, day=day)
        accounts = Integration.objects.select_related("user").order_by("user__login")
        choices = [("", _("All")), *((str(one.pk), str(one)) for one in accounts)]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    def calls(self) -> CallLogQuerySet:
        """The latest first."""
        rows = CallLog.objects.filter(self.within_period("at"))
        if outcome := self.chosen("outcome"):
            rows = rows.failed() if outcome == FAILED else rows.to_be_looked_at()
        if account := self.chosen("account"):
            rows = rows.filter(integration=int(account))
        if action := self.chosen("action"):
            rows = rows.filter(action=action)
        if before := self.chosen("before"):
            rows = rows.older_than(before)
        return rows.newest_first()
