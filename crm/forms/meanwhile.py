"""Two people edit one record: the second is told what changed meanwhile, and nothing is silently overwritten."""

from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _

from crm.generics import ModelForm
from crm.models import Change
from crm.services.history import changes_since, last_change

Row = TypeVar("Row", bound=Model)


class MeanwhileForm(ModelForm[Row]):
    """A form of a numbered record that knows what the person saw.

    Each field brings along the value that it was shown with, so only what the person changed counts as changed. Where
    somebody else has changed the same since, the form says so once, and then takes the second word for the last.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "seen"
        if self.instance.pk is not None:
            self.initial["seen"] = last_change(self.instance.pk)

    def history_name(self, name: str) -> str:
        """What the history calls a field of the form."""
        return name

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        seen = self.cleaned_data.get("seen")
        if self.instance.pk is not None and seen is not None:
            self._tell_of_changes_since(seen)
        return cleaned

    def _tell_of_changes_since(self, seen: int) -> None:
        names = {self.history_name(name): name for name in self.changed_data}
        latest: dict[str, Change] = {}
        for change in changes_since(self.instance.pk, seen, names):
            latest.setdefault(names[change.field], change)
        for name, change in latest.items():
            message = _("%(who)s has changed this meanwhile to “%(value)s”. Save again to overwrite it.")
            self.add_error(name, message % {"who": change.by or _("The system"), "value": self._value_now(name)})
        if latest:
            assert isinstance(self.data, QueryDict)
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = str(last_change(self.instance.pk))

    def _value_now(self, name: str) -> str:
        """What stands in the database, in words."""
        field, value = self.fields[name], self[name].initial
        if isinstance(field, forms.ModelChoiceField):
            value = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return localize(value) if value not in (None, "") else "—"
