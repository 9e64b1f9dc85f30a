"""What a saved view asks for and nobody can answer any more."""

import re
from collections.abc import Collection

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models import CustomField

NO_FILTER = frozenset({"sort", "columns"})
OF_FIELD = re.compile(r"field_([0-9]{1,18})(?:_min|_max)?", re.ASCII)


def not_applied(query: QueryDict, form: forms.Form, columns: Collection[str]) -> list[str]:
    """What people call the parts of `query` that `form`, the filter, or the list's `columns` do not know or cannot
    read: a field that is archived or gone, a status, a manager.
    """
    lost: dict[str, str] = {}
    for name in query:
        if name in NO_FILTER:
            continue
        base = re.sub(r"_(?:min|max)$", "", name)
        if base in form.errors:
            lost[base] = str(form.fields[base].label)
        elif base not in form.fields:
            lost[base] = ""
    if columns:
        asked = [query.get("sort", "").removeprefix("-"), *query.get("columns", "").split(",")]
        lost |= {key: "" for key in asked if key and key not in columns}
    return list(dict.fromkeys(label or names for label, names in _named(lost)))


def _named(lost: dict[str, str]) -> list[tuple[str, str]]:
    numbers = {name: int(found[1]) for name in lost if (found := OF_FIELD.fullmatch(name))}
    fields = CustomField.objects.in_bulk(numbers.values()) if numbers else {}
    return [
        (label, str(fields.get(numbers[name], _("a field that is no more"))) if name in numbers else name)
        for name, label in lost.items()
    ]
