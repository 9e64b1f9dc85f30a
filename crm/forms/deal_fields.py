"""The fields of a deal, each edited in place by its type."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.forms.client_choice import ClientChoiceField, take_in_client
from crm.forms.composer import demand_sane_moment
from crm.forms.deals import PriceField
from crm.models import CustomField, Deal, FieldValue, User
from crm.models.number import LARGEST
from crm.models.reading import NO_TEXT, YES_TEXT, read_date, read_number, read_yes_no
from crm.reports.changes import column_label
from crm.services.deals import change_deal

CUSTOM = "field-"
LONGEST_VALUE = 65_536
LINE = 255
# From this length on a text wants more than one line.
LONG = 80
MINUTE = "%Y-%m-%dT%H:%M"


class DealFieldForm(forms.Form):
    """One field, `value`, of a deal; `seen` is the deal's latest Change that whoever types knew of.

    KeyError: a deal has no such field.
    """

    seen = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    value: forms.Field

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, deal: Deal, name: str, viewer: User, seen: int = 0
    ) -> None:
        super().__init__(data, initial={"seen": seen}, auto_id=f"{name}-%s")
        self.deal = deal
        self.name = name
        self.custom: CustomField | None = None
        if name.startswith(CUSTOM):
            self.custom = custom_field(name)
            label = self.custom.name
            held = FieldValue.objects.filter(deal=deal, field=self.custom).first()
            self.fields["value"] = VALUES[CustomField.Type(self.custom.type)](self.custom, held.text if held else "")
        else:
            label = str(column_label(Deal, name))
            self.fields["value"] = COLUMNS[name](deal, viewer)
        field = self.fields["value"]
        field.label = capfirst(label)
        field.widget.attrs |= {"class": "input", "autocomplete": "off", "autofocus": True}

    def see(self, version: int) -> None:
        """Show the form as that of somebody who has seen this Change and keeps what he typed."""
        self.data = {**self.data.dict(), "seen": str(version)} if isinstance(self.data, QueryDict) else self.data

    @transaction.atomic
    def save(self, *, by: User) -> Deal:
        """Conflict where somebody else changed the field since it was seen."""
        if "value" not in self.changed_data:
            return self.deal
        new, seen = self.cleaned_data["value"], self.cleaned_data["seen"]
        if self.custom is not None:
            return change_deal(deal=self.deal, by=by, values={self.custom: as_text(self.custom, new)}, seen=seen)
        if self.name == "client":
            new = take_in_client(new, by=by)
        return change_deal(deal=self.deal, by=by, seen=seen, **{self.name: new})


def custom_field(name: str) -> CustomField:
    """KeyError: there is none, or people see it no more."""
    number = name.removeprefix(CUSTOM)
    is_number = number.isdecimal() and len(number) < len(str(LARGEST))
    found = CustomField.objects.filter(pk=int(number), is_archived=False).first() if is_number else None
    if found is None:
        raise KeyError(name)
    return found


def as_text(field: CustomField, value: Any) -> str:
    """What a deal holds of a value: dates as 2026-07-12, yes and no as a word."""
    if value is None:
        return ""
    if field.type == CustomField.Type.YES_NO:
        return {"1": YES_TEXT, "0": NO_TEXT}.get(value, "")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- Columns of Deal ---


def _title(deal: Deal, viewer: User) -> forms.Field:
    return forms.CharField(max_length=LINE, initial=deal.title)


def _amount(name: str) -> Callable[[Deal, User], forms.Field]:
    def make(deal: Deal, viewer: User) -> forms.Field:
        amount = getattr(deal, name)
        text = None if amount is None else f"{amount:f}".rstrip("0").rstrip(".")
        return PriceField(required=False, initial=text)

    return make


def _manager(deal: Deal, viewer: User) -> forms.Field:
    people = User.objects.assignable()
    if deal.manager_id:
        people |= User.objects.filter(pk=deal.manager_id)
    return forms.ModelChoiceField(
        people.order_by("full_name", "login"), required=False, empty_label=_("Nobody"), initial=deal.manager_id
    )


def _client(deal: Deal, viewer: User) -> forms.Field:
    return ClientChoiceField(viewer=viewer, current=deal.client)


def _line(name: str) -> Callable[[Deal, User], forms.Field]:
    def make(deal: Deal, viewer: User) -> forms.Field:
        return forms.CharField(max_length=LINE, required=False, initial=getattr(deal, name))

    return make


class MinuteField(forms.DateTimeField):
    """A moment to the minute, by the person's clock; one that was not touched keeps its seconds."""

    def __init__(self, moment: datetime) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
        super().__init__(initial=moment, widget=widget, input_formats=[MINUTE], validators=[demand_sane_moment])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.widget.format_value(self.prepare_value(initial))) != str(data)


def _created_at(deal: Deal, viewer: User) -> forms.Field:
    return MinuteField(deal.created_at)


COLUMNS: dict[str, Callable[[Deal, User], forms.Field]] = {
    "title": _title,
    "price": _amount("price"),
    "cost": _amount("cost"),
    "manager": _manager,
    "client": _client,
    "visit": _line("visit"),
    "created_at": _created_at,
    "lost_reason": _line("lost_reason"),
}


# --- Custom fields: the text that the deal holds stays what it is until somebody types another ---


def _text(field: CustomField, text: str) -> forms.Field:
    is_long = len(text) > LONG or "\n" in text
    widget = forms.Textarea(attrs={"rows": 4}) if is_long else forms.TextInput()
    return forms.CharField(max_length=LONGEST_VALUE, required=field.is_required, initial=text, widget=widget)


def _number(field: CustomField, text: str) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.CharField(
        max_length=LINE, required=field.is_required, initial=text, widget=widget, validators=[demand_number]
    )


def _date(field: CustomField, text: str) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=field.is_required, initial=read_date(text) if text else None, widget=widget)


def _yes_no(field: CustomField, text: str) -> forms.Field:
    read = read_yes_no(text)
    return forms.ChoiceField(
        required=field.is_required,
        initial="" if read is None else str(read),
        choices=[("", _("not set")), ("1", _("Yes")), ("0", _("No"))],
    )


def _choice(field: CustomField, text: str) -> forms.Field:
    labels = [choice.label for choice in field.choices.all()]
    if text and text not in labels:
        labels.insert(0, text)
    return forms.ChoiceField(
        required=field.is_required, initial=text, choices=[("", _("not set")), *((label, label) for label in labels)]
    )


def _link(field: CustomField, text: str) -> forms.Field:
    return forms.CharField(
        max_length=LONGEST_VALUE,
        required=field.is_required,
        initial=text,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        validators=[URLValidator(schemes=["http", "https"])],
    )


def demand_number(text: str) -> None:
    if read_number(text) is None:
        raise ValidationError(_("Write a number."))


VALUES: dict[CustomField.Type, Callable[[CustomField, str], forms.Field]] = {
    CustomField.Type.TEXT: _text,
    CustomField.Type.NUMBER: _number,
    CustomField.Type.DATE: _date,
    CustomField.Type.YES_NO: _yes_no,
    CustomField.Type.CHOICE: _choice,
    CustomField.Type.LINK: _link,
}
