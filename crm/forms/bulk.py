"""What a deed on many deals takes: one form a deed, whose `parameters` are what crm.services.deeds reads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.days import day_of
from crm.forms.deal_fields import COLUMNS, VALUES, as_text
from crm.forms.deals import REASON_LENGTH
from crm.forms.people import PersonField
from crm.forms.tasks import TaskForm
from crm.models import Bulk, CustomField, Deal, Status, User
from crm.reports.changes import column_label

# Columns of a deal that can be given to many; the manager has a deed of his own.
OFFERED_COLUMNS = ("price", "cost", "visit")


class StatusForm(forms.Form):
    status = forms.ModelChoiceField(Status.objects.usable(), label=_("Status"), empty_label=None)
    lost_reason = forms.CharField(
        label=_("Reason of loss"),
        max_length=REASON_LENGTH,
        error_messages={"required": _("Say why: the reports count the reasons.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lost = Status.objects.filter(kind=Status.Kind.LOST).values_list("pk", flat=True)
        # Asked for where there is a loss to be explained, and as soon as there is one.
        if str(self["status"].value()) not in map(str, lost):
            del self.fields["lost_reason"]

    @property
    def parameters(self) -> dict[str, Any]:
        return {"status": self.cleaned_data["status"].pk, "lost_reason": self.cleaned_data.get("lost_reason", "")}


class ManagerForm(forms.Form):
    manager = PersonField(label=_("Manager"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["manager"].empty_label = _("Nobody")  # type: ignore[attr-defined]

    @property
    def parameters(self) -> dict[str, Any]:
        manager = self.cleaned_data["manager"]
        return {"manager": manager and manager.pk}


class FieldForm(forms.Form):
    """A value for one field; KeyError where `name` names none that can be given to many."""

    text: forms.Field

    def __init__(self, data: Mapping[str, Any] | None, *, name: str | int, text: str, viewer: User) -> None:
        super().__init__(data)
        self.name = name
        self.custom: CustomField | None = None
        if name in OFFERED_COLUMNS:
            field = COLUMNS[str(name)](Deal(), viewer)
            field.initial, label = text, str(column_label(Deal, str(name)))
        else:
            self.custom = CustomField.objects.usable().filter(pk=name).first()
            if self.custom is None:
                raise KeyError(name)
            field, label = VALUES[CustomField.Type(self.custom.type)](self.custom, text), self.custom.name
        field.label = capfirst(label)
        field.widget.attrs |= {"autocomplete": "off"}
        self.fields["text"] = field

    @property
    def parameters(self) -> dict[str, Any]:
        value = self.cleaned_data["text"]
        if self.custom is not None:
            return {"name": self.custom.pk, "text": as_text(self.custom, value)}
        text = f"{value:f}" if isinstance(value, Decimal) else str(value or "")
        return {"name": self.name, "text": text}


class BulkTaskForm(TaskForm):
    def __init__(self, data: Mapping[str, Any] | None, *, user: User, said: Mapping[str, Any]) -> None:
        super().__init__(data, user=user)
        assignee = self.fields["assignee"]
        assignee.required, assignee.empty_label = False, _("Who answers for the deal")  # type: ignore[attr-defined]
        self.initial["assignee"] = said.get("assignee")
        if "due_at" in said:
            due_at = datetime.fromisoformat(said["due_at"])
            local = timezone.localtime(due_at)
            day, clock = (day_of(due_at), None) if said["all_day"] else (local.date(), local.time())
            self.initial = {**self.initial, "text": said["text"], "day": day, "time": clock}

    @property
    def parameters(self) -> dict[str, Any]:
        columns = self.columns()
        assignee = columns["assignee"]
        return columns | {"due_at": columns["due_at"].isoformat(), "assignee": assignee and assignee.pk}


def deed_form(bulk: Bulk, data: Mapping[str, Any] | None, *, viewer: User) -> Any:
    """The form of a deed, with what is said already; None where it takes nothing. KeyError: as `FieldForm`."""
    said = bulk.parameters
    forms_of: dict[str, Callable[[], forms.Form]] = {
        Bulk.Deed.STATUS: lambda: StatusForm(data, initial=said),
        Bulk.Deed.MANAGER: lambda: ManagerForm(data, initial=said),
        Bulk.Deed.FIELD: lambda: FieldForm(data, name=said["name"], text=said.get("text", ""), viewer=viewer),
        Bulk.Deed.TASK: lambda: BulkTaskForm(data, user=viewer, said=said),
    }
    make = forms_of.get(bulk.deed)
    return make() if make else None


def first_words(deed: str, choice: str) -> dict[str, Any]:
    """What the list's own menus say of a deed: the status, or which field. ValueError: nothing of the kind."""
    if deed == Bulk.Deed.STATUS and choice:
        return {"status": int(choice)}
    if deed == Bulk.Deed.FIELD:
        return {"name": choice if choice in OFFERED_COLUMNS else int(choice)}
    return {}
