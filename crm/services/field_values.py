"""Values of custom fields: text as entered, and what of it can be sorted and compared."""

from collections.abc import Mapping

from crm.models import Change, CustomField, Deal, FieldValue
from crm.models.custom_field import KEY_LENGTH
from crm.models.reading import read_date, read_number, read_yes_no
from crm.services.history import Entry


def make_value(deal: Deal, field: CustomField, text: str) -> FieldValue:
    """An unsaved value; `text` is not empty. What cannot be read as the field's type is kept as text alone."""
    value = FieldValue(deal=deal, field=field, text=text, key=value_key(text))
    read_value(value)
    return value


def read_value(value: FieldValue) -> None:
    """Set what of the text can be sorted and compared, by the type of the field; the caller saves it."""
    field, text = value.field, value.text
    value.number = value.date = None
    if field.type == CustomField.Type.NUMBER:
        value.number = read_number(text)
    elif field.type == CustomField.Type.YES_NO:
        value.number = read_yes_no(text)
    elif field.type == CustomField.Type.DATE:
        value.date = read_date(text)


def value_key(text: str) -> str:
    """The form of a text in which values are looked up."""
    return text.casefold()[:KEY_LENGTH]


def put_values(deal: Deal, values: Mapping[CustomField, str]) -> list[Entry]:
    """Save the values of a deal whose row is locked; an empty text removes one. What changed is returned for the
    history.
    """
    entries = []
    kept = {value.field_id: value for value in FieldValue.objects.filter(deal=deal, field__in=values)}
    for field, text in values.items():
        old = kept.get(field.pk)
        if text == (old.text if old else ""):
            continue
        if text:
            value = make_value(deal, field, text)
            value.pk = old.pk if old else None
            value.save()
        elif old:
            old.delete()
        entries.append(Entry(deal.pk, Change.Verb.CHANGED, f"field:{field.pk}", old.text if old else "", text))
    return entries
