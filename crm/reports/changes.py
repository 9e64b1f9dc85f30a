"""Rows of Change in people's words: what was written about whom, names instead of keys, values by their type."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, Field, Model, Value
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Change, Client, Contact, CustomField, Deal, Status, User
from crm.models.reading import read_date, read_yes_no

CUSTOM = "field:"
# What a Change of the files on a record is about: old and new are the name of the file.
FILE = "file"
# Fields whose change keeps a key: of which model, and the columns that name its rows.
PEOPLE: dict[str, tuple[Any, str, str]] = {
    "manager": (User, "full_name", "login"),
    "client": (Client, "name", "company"),
}


@dataclass(frozen=True)
class Told:
    """A change as it is told. `old` and `new` are a Status, a Decimal (money), a moment, a date, a bool, a text, or
    None for what is not set; how each looks is the page's business.
    """

    field: str
    label: str
    old: Any
    new: Any


class Teller:
    """Tells changes; it takes what the page has read anyway and looks up the names of people and clients itself."""

    def __init__(self, statuses: Mapping[int, Status], fields: Mapping[int, CustomField]) -> None:
        self.statuses = statuses
        self.fields = fields

    def tell(self, changes: Iterable[Change]) -> dict[int, Told]:
        """Change id → what it says."""
        changes = list(changes)
        names = _names(changes)
        return {
            change.pk: Told(
                field=change.field,
                label=self.name(change.field),
                old=self._value(change.field, change.old, names),
                new=self._value(change.field, change.new, names),
            )
            for change in changes
        }

    def name(self, name: str) -> str:
        """What people call a field of a deal or a client."""
        if name.startswith(CUSTOM):
            field = self._custom(name)
            return field.name if field else _("a field that is no more")
        if name in Contact.Kind.values:
            return str(Contact.Kind(name).label)
        if name == FILE:
            return _("File")
        return capfirst(str(column_label(Deal, name) or column_label(Client, name) or name))

    def _custom(self, name: str) -> CustomField | None:
        number = name.removeprefix(CUSTOM)
        return self.fields.get(int(number)) if number.isdecimal() else None

    def _value(self, name: str, value: Any, names: Mapping[tuple[str, Any], str]) -> Any:
        if value is None or value == "":
            return None
        if name == "status":
            return self.statuses.get(value) or f"#{value}"
        if name in PEOPLE:
            return names.get((name, value)) or f"#{value}"
        if name.startswith(CUSTOM):
            return typed(self._custom(name), value)
        read = READERS.get(name)
        return read(value) if read else value


def column_label(model: type[Model], name: str) -> str | Promise:
    """What people call a column; empty where the model has none of this name."""
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return column.verbose_name if isinstance(column, Field) else ""


def typed(field: CustomField | None, text: str) -> str | date | datetime | bool:
    """A custom value by the type of its field; what cannot be read so stays the text that was entered."""
    if field is not None and field.type == CustomField.Type.DATE:
        return read_date(text) or text
    if field is not None and field.type == CustomField.Type.YES_NO:
        read = read_yes_no(text)
        return text if read is None else bool(read)
    return text


def _as_decimal(text: Any) -> Any:
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        return text


def _as_moment(text: Any) -> Any:
    return parse_datetime(text) or text


# Fields whose change keeps a text for what is none.
READERS: dict[str, Callable[[Any], Any]] = {"price": _as_decimal, "cost": _as_decimal, "created_at": _as_moment}


def _names(changes: Iterable[Change]) -> dict[tuple[str, Any], str]:
    """(field, key) → name, for the people and clients that the changes are about; one query."""
    keys: dict[str, set[int]] = {name: set() for name in PEOPLE}
    for change in changes:
        if change.field in keys:
            keys[change.field] |= {value for value in (change.old, change.new) if isinstance(value, int)}
    selects = [
        model.objects.filter(pk__in=keys[name])
        .order_by()
        .values_list(Value(name, CharField()), F("pk"), F(first), F(second))
        for name, (model, first, second) in PEOPLE.items()
        if keys[name]
    ]
    if not selects:
        return {}
    rows = selects[0].union(*selects[1:], all=True)
    return {(name, pk): str(first or second or f"#{pk}") for name, pk, first, second in rows}
