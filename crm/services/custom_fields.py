"""The custom fields of deals."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.models import Change, CustomField, FieldValue, SettingChange, User
from crm.services.field_choices import add_choice
from crm.services.field_types import read_anew
from crm.services.locking import lock
from crm.services.orders import tell_sources_anew
from crm.services.placing import put_at
from crm.services.setting_changes import change_locked, differences, record_setting_change

Verb = SettingChange.Verb
Via = Change.Via

# Names under which a lead's `data` brings the visit (PROTOCOL.md, section 3): a field called so would never be filled.
TAKEN_NAMES = frozenset({"visit", "roistat"})


def next_position() -> int:
    """Behind all fields there are: the orders kept ready stay true then."""
    last: int | None = CustomField.objects.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def add_field(
    *, name: str, by: User | None, via: Change.Via = Via.WEB, labels: Iterable[str] = (), **columns: Any
) -> CustomField:
    """Add a field, behind all others unless `position` is given, that offers `labels`.

    ValidationError: as `check_field`.
    """
    columns.setdefault("position", next_position())
    field = CustomField(name=name, **columns)
    check_field(field)
    field.save()
    record_setting_change(about=field, verb=Verb.ADDED, by=by, via=via)
    _offer(field, labels, by=by, via=via)
    return field


@transaction.atomic
def change_field(
    *, field: CustomField, by: User | None, via: Change.Via = Via.WEB, labels: Iterable[str] = (), **columns: Any
) -> CustomField:
    """Write the given columns, and offer `labels` too. After a change of type the values are read anew, many of them
    in the background: their texts stay as they were entered.

    ValidationError: as `check_field`.
    """
    before, field = change_locked(row=field, columns=columns, check=check_field, by=by, via=via)
    _offer(field, labels, by=by, via=via)
    if field.type != before.type:
        read_anew(field)
    if field.tells_source != before.tells_source:
        transaction.on_commit(tell_sources_anew)
    return field


@transaction.atomic
def place_field(*, field: CustomField, place: int, by: User | None, via: Change.Via = Via.WEB) -> CustomField:
    """Put a field at `place`, from 0, among the usable ones: the order of the card, the lists and the export."""
    lock("fields")
    rows = list(CustomField.objects.order_by("position", "pk"))
    [row] = [row for row in rows if row == field]
    before = copy(row)
    if not row.is_archived:
        moved = put_at(rows, row, place, is_shown=lambda one: not one.is_archived)
        CustomField.objects.bulk_update(moved, ["position"])
    record_setting_change(about=row, verb=Verb.CHANGED, by=by, via=via, changes=differences(before, row, ["position"]))
    return row


@transaction.atomic
def remove_field(*, field: CustomField, by: User | None, via: Change.Via = Via.WEB) -> bool:
    """Take a field out of use; whether it is gone for good. One that deals have or had values in is archived, since
    what the analytics service fetched refers to it.
    """
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    if field_was_used(field):
        change_field(field=field, is_archived=True, by=by, via=via)
        return False
    delete_field(field=field, by=by, via=via)
    return True


@transaction.atomic
def delete_field(*, field: CustomField, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Delete a field that no deal ever had a value in. ValidationError: one has or had."""
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    if field_was_used(field):
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


def field_was_used(field: CustomField) -> bool:
    """Whether a deal has or had a value in it."""
    return field_is_used(field) or Change.objects.filter(field=f"field:{field.pk}").exists()


def _offer(field: CustomField, labels: Iterable[str], *, by: User | None, via: Change.Via) -> None:
    offered = set(field.choices.values_list("label", flat=True))
    for label in labels:
        if label not in offered:
            add_choice(field=field, label=label, by=by, via=via)
