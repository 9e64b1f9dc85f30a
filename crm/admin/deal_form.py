"""The form of a deal: its columns and, as fields of their types, its custom values."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.custom_values import check_value, value_field
from crm.forms.meanwhile import MeanwhileForm
from crm.forms.people import PersonField
from crm.models import Change, Client, CustomField, Deal, FieldValue, Status, User
from crm.services.deals import change_deal, create_deal, move_deal

COLUMNS = ("title", "client", "status", "lost_reason", "manager", "price", "cost", "visit", "created_at")


def shown_fields() -> QuerySet[CustomField]:
    """The custom fields that people see, in their order."""
    return CustomField.objects.filter(is_archived=False)


def form_name(custom: CustomField) -> str:
    return f"field_{custom.pk}"


class DealForm(MeanwhileForm[Deal]):
    status: "forms.ModelChoiceField[Status]" = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("Status")
    )
    manager = PersonField(label=gettext_lazy("Manager"))

    class Meta:
        model = Deal
        fields = COLUMNS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_rows()
        self.custom = {form_name(custom): custom for custom in shown_fields().prefetch_related("choices")}
        texts = dict(FieldValue.objects.filter(deal=self.instance.pk).values_list("field_id", "text"))
        for name, custom in self.custom.items():
            self.fields[name] = value_field(custom, texts.get(custom.pk, ""))
            self.fields[name].show_hidden_initial = True
            if custom.type == CustomField.Type.DATE:
                self.fields[name].widget = AdminDateWidget()

    def _offer_rows(self) -> None:
        """Offer what a deal can have today, and what this one has already."""
        deal, status, manager, client = self.instance, *(self.fields[name] for name in ("status", "manager", "client"))
        assert isinstance(status, forms.ModelChoiceField)
        assert isinstance(manager, PersonField)
        assert isinstance(client, forms.ModelChoiceField)
        status.queryset = Status.objects.filter(Q(pk__in=Status.objects.usable()) | Q(pk=deal.status_id))
        manager.keep(deal.manager_id)
        # As `Client.objects.present()`, which as a subquery would be read through for a single client.
        client.queryset = Client.objects.filter(Q(merged_into=None, trashed_at=None) | Q(pk=deal.client_id))
        if deal._state.adding:
            self.initial.setdefault("status", Status.objects.first_open().pk)

    def history_name(self, name: str) -> str:
        custom = getattr(self, "custom", {}).get(name)
        return f"field:{custom.pk}" if custom else name

    def clean(self) -> dict[str, Any] | None:
        for name in self.custom.keys() & self.cleaned_data.keys() & set(self.changed_data):
            try:
                self.cleaned_data[name] = check_value(self.custom[name], self.cleaned_data[name])
            except ValidationError as error:
                self.add_error(name, error)
        self._check_reason()
        return super().clean()

    def _check_reason(self) -> None:
        """A deal is lost for a reason, and only a lost one has one."""
        status, reason = self.cleaned_data.get("status"), self.cleaned_data.get("lost_reason")
        if status is None or not {"status", "lost_reason"} & set(self.changed_data):
            return
        if status.kind == Status.Kind.LOST and not reason:
            self.add_error("lost_reason", _("Say why the deal is lost."))
        if (
            status.kind not in (Status.Kind.LOST, Status.Kind.DELETED)
            and reason
            and "lost_reason" in self.changed_data
        ):
            self.add_error("lost_reason", _("Only a lost deal has a reason of loss."))

    def create(self, *, by: User, via: Change.Via) -> Deal:
        """Make the deal by its service."""
        columns = {name: self.cleaned_data[name] for name in COLUMNS}
        values = {custom: self.cleaned_data[name] for name, custom in self.custom.items()}
        return create_deal(values=values, by=by, via=via, **columns)

    def change(self, *, by: User, via: Change.Via) -> None:
        """Hand each service what this person changed; what he left alone stays as it is in the database by now."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name != "seen"}
        values = {self.custom[name]: text for name, text in changed.items() if name in self.custom}
        columns = {name: value for name, value in changed.items() if name not in self.custom}
        status = columns.pop("status", None)
        if status is not None:
            columns.pop("lost_reason", None)
        if columns or values:
            change_deal(deal=self.instance, values=values, by=by, via=via, **columns)
        if status is not None:
            move_deal(deal=self.instance, status=status, lost_reason=self.cleaned_data["lost_reason"], by=by, via=via)
