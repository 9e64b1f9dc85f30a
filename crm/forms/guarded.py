"""A form whose record is held against the rules of the service that will save it, while people can still mend it."""

from copy import copy
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from crm.generics import ModelForm

Row = TypeVar("Row", bound=Model)


class GuardedForm(ModelForm[Row]):
    def guard(self, row: Row) -> None:
        """Ask the service's check about the row as it is to be saved; ValidationError by field."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any] | None:
        # Before Django asks the constraints of the model, which have names where the service has words.
        cleaned = super().clean()
        if not self.errors:
            row = copy(self.instance)
            for name, value in self.cleaned_data.items():
                setattr(row, name, value)
            try:
                self.guard(row)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned
