"""The custom fields of deals."""

from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.models import Change, CustomField, FieldValue, SettingChange, User
from crm.services.field_values import read_value
from crm.services.orders import tell_sources_anew
from crm.services.setting_changes import differences, record_setting_change
from crm.services.writing import write_columns

Verb = SettingChange.Verb
Via = Change.Via

# Names under which a lead's `data` brings the visit (PROTOCOL.md, section 3): a field called so would never be filled.
TAKEN_NAMES = frozenset({"visit", "roistat"})

# The types whose values are more than text, and how many of them are read anew at once when a field becomes one.
READ_TYPES = frozenset({CustomField.Type.NUMBER, CustomField.Type.YES_NO, CustomField.Type.DATE})
ROWS = 2000


def next_position() -> int:
    """Behind all fields there are: the orders kept ready stay true then."""
    last: int | None = CustomField.objects.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def add_field(*, name: str, by: User | None, via: Change.Via = Via.WEB, **columns: Any) -> CustomField:
    """Add a field, behind all others unless `position` is given. ValidationError: as `check_field`."""
    columns.setdefault("position", next_position())
    field = CustomField(name=name, **columns)
    check_field(field)
    field.save()
    record_setting_change(about=field, verb=Verb.ADDED, by=by, via=via)
    return field


@transaction.atomic
def change_field(*, field: CustomField, by: User | None, via: Change.Via = Via.WEB, **columns: Any) -> CustomField:
    """Write the given columns. After a change of type the values are read anew: their texts stay as they were entered.

    ValidationError: as `check_field`.
    """
    field = CustomField.objects.select_for_update(no_key=True).get(pk=field.pk)
    before = copy(field)
    for column, value in columns.items():
        setattr(field, column, value)
    check_field(field)
    field.save(update_fields=list(columns))
    if field.type != before.type:
        _read_anew(field)
    if field.tells_source != before.tells_source:
        transaction.on_commit(tell_sources_anew)
    record_setting_change(about=field, verb=Verb.CHANGED, by=by, via=via, changes=differences(before, field, columns))
    return field


@transaction.atomic
def delete_field(*, field: CustomField, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Delete a field that no deal ever had a value in. ValidationError: one has or had."""
    told = Change.objects.filter(field=f"field:{field.pk}")
    if field_is_used(field) or told.exists():
        raise ValidationError(_("Deals have or had values in this field: archive it instead."), code="used")
    record_setting_change(about=field, verb=Verb.DELETED, by=by, via=via)
    field.delete()


def check_field(field: CustomField) -> None:
    """Hold a field, saved or not, against what a lead's `data` can name; ValidationError by field."""
    name = field.name.strip()
    if name.isdigit():
        raise ValidationError({"name": _("A name of digits alone would be taken for the number of a field.")})
    if name.casefold() in TAKEN_NAMES:
        raise ValidationError({"name": _("By this name a lead brings its visit.")})


def field_is_used(field: CustomField) -> bool:
    return FieldValue.objects.filter(field=field).exists()


def _read_anew(field: CustomField) -> None:
    """Set numbers and dates of a field's values by the type that it has now; no text, so no order, changes."""
    values = FieldValue.objects.filter(field=field)
    values.exclude(number=None, date=None).update(number=None, date=None)
    last = 0
    while field.type in READ_TYPES and (some := values.filter(pk__gt=last).order_by("pk")[:ROWS]):
        for value in some:
            value.field = field
            read_value(value)
        write_columns([value for value in some if (value.number, value.date) != (None, None)], ["number", "date"])
        last = some[len(some) - 1].pk
