"""Which calls a list shows, and in what order."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from crm.filters.people import of_person, person_choices
from crm.filters.periods import PeriodFilter
from crm.models import Call, Client, Deal, User
from crm.models.call import IS_MISSED, IS_UNATTACHED, CallQuerySet
from crm.models.client import phone_digits
from crm.services.contacts import normalise_phone


class CallState(models.TextChoices):
    """What the chips of the list ask for."""

    MISSED = "missed", _("Missed")
    UNATTACHED = "unattached", _("Of nobody")

    @property
    def condition(self) -> Q:
        return IS_MISSED if self == CallState.MISSED else IS_UNATTACHED


class CallFilter(PeriodFilter):
    narrowing = PeriodFilter.narrowing | {"q", "show", "direction", "manager"}

    q = forms.CharField(label=_("Phone, name or number"), required=False, max_length=255)
    show = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *CallState.choices])
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("Both")), *Call.Direction.choices]
    )
    manager = forms.ChoiceField(label=_("Manager"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("New first")), ("missed", _("Missed first")), ("longest", _("Longest first"))],
    )

    def __init__(self, data: Mapping[str, Any], *, user: User, day: date | None = None) -> None:
        super().__init__(data, user=user, day=day)
        self.fields["manager"].choices = [("", _("Everybody")), *person_choices(user)]  # type: ignore[attr-defined]

    @property
    def state(self) -> CallState | None:
        return CallState(self.chosen("show")) if self.chosen("show") else None

    def calls_of_all_states(self) -> CallQuerySet:
        """The calls that pass all but `show`, of those that the person sees."""
        rows = Call.objects.visible_to(self.user).filter(
            of_person("manager", self.chosen("manager"), self.user), self.within_period("started_at"), self._by_text()
        )
        direction = self.chosen("direction")
        return rows.filter(direction=direction) if direction else rows

    def calls(self) -> CallQuerySet:
        rows = self.calls_of_all_states()
        return self._in_order(rows.filter(self.state.condition) if self.state else rows)

    def _in_order(self, rows: CallQuerySet) -> CallQuerySet:
        order = self.chosen("sort")
        if order == "missed":
            missed_first = Case(When(IS_MISSED, then=Value(0)), default=Value(1))
            return rows.order_by(missed_first, "-started_at", "-pk")
        if order == "longest":
            return rows.order_by(F("duration").desc(nulls_last=True), "-started_at", "-pk")
        return rows.order_by("-started_at", "-pk")

    def _by_text(self) -> Q:
        """A part of a phone as the telephony wrote it, or what finds the deal or the client."""
        text = self.chosen("q") or ""
        if not text.strip():
            return Q()
        condition = Q(client__in=Client.objects.matching(text).values("pk"))
        condition |= Q(deal__in=Deal.objects.matching(text).values("pk"))
        for digits in {*phone_digits(text), national_digits(text)} - {""}:
            condition |= Q(caller__contains=digits) | Q(callee__contains=digits)
        return condition


def national_digits(text: str) -> str:
    """A whole telephone number without the country's code, which telephonies write or leave out; empty for no such."""
    normalised = normalise_phone(text)
    return str(phonenumbers.parse(normalised).national_number) if normalised else ""
