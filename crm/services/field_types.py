"""Another type for a custom field: which of its values do not fit it, and all of them read anew."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django_tasks import task

from crm.models import CustomField, FieldValue
from crm.models.reading import read_date, read_number, read_yes_no
from crm.services.field_values import read_value
from crm.services.pieces import Place, in_pieces, jobs_under_way
from crm.services.writing import write_columns

Type = CustomField.Type

# Values read anew in one transaction; more than these are left to the background.
ROWS = 2000
SHOWN = 50

is_web_address = URLValidator(["http", "https"])


@dataclass(frozen=True)
class Fit:
    """How the values of a field fit a type: how many there are, how many do not, and the first of these."""

    values: int
    misfits: int
    shown: list[FieldValue]


def find_fit(field: CustomField, labels: Collection[str] = ()) -> Fit:
    """What the values are to the type that `field` bears, saved or not; `labels` are what a choice is to offer."""
    rows = FieldValue.objects.filter(field_id=field.pk)
    texts = rows.order_by("pk").values_list("pk", "text").iterator(chunk_size=ROWS)
    values = misfits = 0
    shown: list[int] = []
    for pk, text in texts:
        values += 1
        if not _fits(Type(field.type), text, labels):
            misfits += 1
            if misfits <= SHOWN:
                shown.append(pk)
    return Fit(values, misfits, list(FieldValue.objects.filter(pk__in=shown).select_related("deal").order_by("pk")))


def read_anew(field: CustomField) -> None:
    """Set numbers and dates of a field's values by the type that it has now, in the background where they are many;
    no text, so no order, changes. Within the transaction that changes the type.
    """
    if FieldValue.objects.filter(field=field)[: ROWS + 1].count() > ROWS:
        read_values_anew.enqueue(field.pk, 0)
    else:
        _read_some(field.pk, after=0)


@task()
def read_values_anew(field: int, after: int) -> None:
    """Read some seconds' worth of the values behind `after`; begun twice, it finds them done."""
    place = Place(after)
    in_pieces(
        lambda: place.move_to(_read_some(field, after=place.last)),
        again=lambda: read_values_anew.enqueue(field, place.last),
    )


def fields_being_read() -> set[int]:
    """The keys of the fields whose values wait to be read anew."""
    jobs = jobs_under_way(read_values_anew.module_path)
    return {kept["args"][0] for kept in jobs.values_list("args_kwargs", flat=True)}


@transaction.atomic
def _read_some(field: int, *, after: int) -> int | None:
    """The key of the last value of the piece; None when there is none left."""
    locked = FieldValue.objects.select_for_update(of=("self",), no_key=True).select_related("field")
    some = list(locked.filter(field=field, pk__gt=after).order_by("pk")[:ROWS])
    changed = []
    for value in some:
        before = value.number, value.date
        read_value(value)
        if (value.number, value.date) != before:
            changed.append(value)
    write_columns(changed, ["number", "date"])
    return some[-1].pk if some else None


def _fits(type_: Type, text: str, labels: Collection[str]) -> bool:
    if type_ == Type.NUMBER:
        return read_number(text) is not None
    if type_ == Type.DATE:
        return read_date(text) is not None
    if type_ == Type.YES_NO:
        return read_yes_no(text) is not None
    if type_ == Type.CHOICE:
        return text in labels
    return type_ != Type.LINK or _is_web_address(text)


def _is_web_address(text: str) -> bool:
    try:
        is_web_address(text)
    except ValidationError:
        return False
    return True
