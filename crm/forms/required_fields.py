"""Forms of new deals ask for the custom fields without which people may not save one."""

from collections.abc import Iterable

from django import forms

from crm.forms.deal_fields import VALUES, as_text
from crm.forms.deals import VisitorForm
from crm.models import CustomField


class RequiredFieldsForm(VisitorForm):
    def ask_for_required(self, fields: Iterable[CustomField]) -> None:
        """Add an input for each of the fields that is required."""
        self.required_fields = [field for field in fields if field.is_required]
        for field in self.required_fields:
            asked = VALUES[CustomField.Type(field.type)](field, "")
            asked.label = field.name
            self.fields[f"field_{field.pk}"] = asked

    @property
    def field_inputs(self) -> list[forms.BoundField]:
        return [self[f"field_{field.pk}"] for field in self.required_fields]

    def required_values(self) -> dict[CustomField, str]:
        """What a valid form holds of them, as deals keep it."""
        data = self.cleaned_data
        return {field: as_text(field, data[f"field_{field.pk}"]) for field in self.required_fields}
