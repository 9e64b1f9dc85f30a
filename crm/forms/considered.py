"""A form of a setting that first says what saving it would bring about."""

from copy import copy
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from crm.forms.guarded import GuardedForm
from crm.models import User

Row = TypeVar("Row", bound=Model)


class ConsideredForm(GuardedForm[Row]):
    """Is valid once whoever sends it has agreed to what follows, where anything does: `agreed` brings the word that
    stood beside the consequences, so that yes to one thing is no yes to another.
    """

    agreed = forms.CharField(required=False)

    to_agree = ""
    consequences: tuple[str, ...] = ()

    def consider(self, before: Row, after: Row) -> tuple[str, tuple[str, ...]]:
        """A word for what is to be agreed to, and what follows from it, in sentences; empty where nothing does."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors or self.instance._state.adding:
            return cleaned
        after = copy(self.instance)
        for name, value in self.cleaned_data.items():
            setattr(after, name, value)
        self.to_agree, self.consequences = self.consider(self.instance, after)
        if self.consequences and self.cleaned_data["agreed"] != self.to_agree:
            self.add_error("agreed", _("Nothing is saved yet: read what follows, and say whether it is meant."))
        return cleaned

    def write(self, *, by: User) -> Row | None:
        """Save by the service; None where it refused what the form had let pass, which the form then says."""
        try:
            return self.save_by_service(by)
        except ValidationError as error:
            self.add_error(None, error)
            return None

    def save_by_service(self, by: User) -> Row:
        raise NotImplementedError

    def written(self) -> dict[str, Any]:
        """The columns that are another now, for the service."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "agreed"}
