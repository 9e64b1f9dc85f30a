"""Who a new deal is with, and moves of one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Batch, Deal, Status, User
from crm.models.number import LARGEST
from crm.services.clients import Visitor
from crm.services.deals import move_deal

LOST_REASONS_OFFERED = 6
REASON_LENGTH = Deal._meta.get_field("lost_reason").max_length


class PriceField(forms.DecimalField):
    """An amount as people type it: "12 400", "12400,50"."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=15, decimal_places=3, min_value=0, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # Django's own breaks it
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)


class VisitorForm(forms.Form):
    """Somebody by what he left: as much as there is of it."""

    name = forms.CharField(label=_("Client's name"), max_length=255, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=255, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def visitor(self) -> Visitor:
        data = self.cleaned_data
        return Visitor(data["name"], data["phone"], data.get("email", ""))


class MoveForm(forms.Form):
    """Where a deal goes: `lost_reason` is typed, `offered` is one of the reasons that others had; `seen` is the latest
    Change that the mover knew of, `asked` says that the question for the reason was put.
    """

    status = forms.ModelChoiceField(Status.objects.usable(), label=_("Status"))
    lost_reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, required=False)
    offered = forms.CharField(max_length=REASON_LENGTH, required=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    asked = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, deal: Deal) -> None:
        super().__init__(data)
        self.deal = deal

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("asked") and self.loses and not self.reason:
            self.add_error("lost_reason", _("Say why: the reports count the reasons."))
        return data

    @property
    def loses(self) -> bool:
        status = self.cleaned_data.get("status")
        return status is not None and status.kind == Status.Kind.LOST

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("offered") or self.cleaned_data.get("lost_reason") or ""

    @property
    def asks_for_reason(self) -> bool:
        """Whether all is said but the reason of the loss."""
        return self.loses and not self.reason and self.deal.status != self.cleaned_data["status"]

    def save(self, *, by: User, batch: Batch | None = None) -> Deal:
        """Conflict where somebody else moved the deal since the mover looked at it."""
        data = self.cleaned_data
        return move_deal(
            deal=self.deal, status=data["status"], lost_reason=self.reason, seen=data["seen"], by=by, batch=batch
        )
