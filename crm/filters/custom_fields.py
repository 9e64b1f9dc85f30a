"""Filters by custom fields, each after its type."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import SuffixedMultiWidget

from crm.models import CustomField, FieldValue
from crm.models.custom_field import KEY_LENGTH
from crm.models.deal import DealQuerySet

Type = CustomField.Type


class RangeInput(SuffixedMultiWidget):
    """Two inputs beside each other, each with a name of its own for screen readers."""

    template_name = "django/forms/widgets/multiwidget.html"
    suffixes = ["min", "max"]

    def __init__(self, label: str, kind: str) -> None:
        ends = [(_("from"), gettext("%(field)s: from")), (_("to"), gettext("%(field)s: to"))]
        inputs = [
            forms.TextInput(attrs={"aria-label": name % {"field": label}, "placeholder": hint}) for hint, name in ends
        ]
        for one in inputs:
            one.input_type = kind
        super().__init__(inputs)

    def decompress(self, value: slice | None) -> list[Any]:
        return [value.start, value.stop] if value else [None, None]


def filter_of_field(field: CustomField) -> django_filters.Filter:
    """A filter of deals by what they hold in `field`, whose choices are already fetched."""
    options: dict[str, Any] = {"label": field.name}
    if field.type == Type.NUMBER:
        number = forms.DecimalField(max_digits=24, decimal_places=6, localize=True)
        return _range(field, "number", (number, number), RangeInput(field.name, "text"))
    if field.type == Type.DATE:
        return _range(field, "date", (forms.DateField(), forms.DateField()), RangeInput(field.name, "date"))
    if field.type == Type.YES_NO:
        options["choices"] = [("1", _("Yes")), ("0", _("No"))]
        return django_filters.ChoiceFilter(
            method=_by_value(field, lambda value: Q(number=int(value))), empty_label=_("Any"), **options
        )
    if field.type == Type.CHOICE:
        options["choices"] = [(choice.label, choice.label) for choice in field.choices.all()]
        return django_filters.ChoiceFilter(method=_by_value(field, _text_is), empty_label=_("Any"), **options)
    return django_filters.CharFilter(method=_by_value(field, _key_contains), widget=forms.TextInput, **options)


def values_containing(fields: Iterable[CustomField], text: str) -> Q:
    """The condition that one of a deal's fields has `text` in it, in any letter case."""
    # Not `pk__in`: as one side of an OR, PostgreSQL would read through all values that match for each deal.
    return Q(Exists(FieldValue.objects.filter(_key_contains(text), field__in=list(fields), deal=OuterRef("pk"))))


def _range(
    field: CustomField, column: str, ends: tuple[forms.Field, forms.Field], widget: forms.Widget
) -> django_filters.Filter:
    """Parameters `…_min` and `…_max`, both included."""

    def within(limits: slice) -> Q:
        least, most = limits.start, limits.stop
        condition = Q() if least is None else Q(**{f"{column}__gte": least})
        return condition if most is None else condition & Q(**{f"{column}__lte": most})

    return django_filters.RangeFilter(method=_by_value(field, within), label=field.name, fields=ends, widget=widget)


def _by_value(field: CustomField, condition: Callable[[Any], Q]) -> Callable[[DealQuerySet, str, Any], DealQuerySet]:
    def narrow(deals: DealQuerySet, name: str, value: Any) -> DealQuerySet:
        return deals.filter(pk__in=FieldValue.objects.filter(condition(value), field=field).values("deal"))

    return narrow


def _key_contains(text: str) -> Q:
    return Q(key__contains=text.casefold()[:KEY_LENGTH])


def _text_is(text: str) -> Q:
    return Q(key=text.casefold()[:KEY_LENGTH], text=text)
