"""What can be edited in a row of the list of deals: each cell a form with one `value`.

`seen` is the latest Change that whoever edits knew of; `save` raises Conflict where the cell has changed since.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.days import day_of
from crm.forms.deal_fields import DealFieldForm
from crm.forms.deals import REASON_LENGTH
from crm.forms.tasks import FIRST_DAY, LAST_DAY, moved_to
from crm.models import Deal, Status, Task, User
from crm.models.number import LARGEST
from crm.services.deals import move_deal
from crm.services.history import last_change
from crm.services.tasks import change_task


class CellForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)

    def see(self, version: int) -> None:
        """Show the form as that of somebody who has seen this Change and keeps what he typed."""
        self.data = {**self.data.dict(), "seen": str(version)} if isinstance(self.data, QueryDict) else self.data


class StatusCell(CellForm):
    """A loss asks for its reason as soon as it is chosen."""

    value = forms.ModelChoiceField(Status.objects.usable(), label=_("Status"), empty_label=None)
    lost_reason = forms.CharField(
        label=_("Reason of loss"),
        max_length=REASON_LENGTH,
        error_messages={"required": _("Say why: the reports count the reasons.")},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, deal: Deal, seen: int) -> None:
        super().__init__(data, initial={"seen": seen, "value": deal.status_id, "lost_reason": deal.lost_reason})
        self.fields["lost_reason"].widget.attrs |= {"class": "input", "autocomplete": "off"}
        self.deal = deal
        lost = Status.objects.filter(kind=Status.Kind.LOST).values_list("pk", flat=True)
        if data is None or str(self["value"].value()) not in map(str, lost):
            del self.fields["lost_reason"]

    def save(self, *, by: User) -> None:
        said = self.cleaned_data
        reason = said.get("lost_reason", "")
        move_deal(deal=self.deal, status=said["value"], lost_reason=reason, seen=said["seen"], by=by)


class TaskCell(CellForm):
    """The day of the next task; its time of day stays."""

    value = forms.DateField(
        label=_("Day of the next task"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Mapping[str, Any] | None, *, task: Task) -> None:
        super().__init__(data, initial={"seen": last_change(task.pk), "value": day_of(task.due_at)})
        self.task = task

    def clean_value(self) -> Any:
        day = self.cleaned_data["value"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day between 2000 and 2999."))
        return day

    def save(self, *, by: User) -> None:
        due_at = moved_to(self.task, self.cleaned_data["value"])
        change_task(task=self.task, due_at=due_at, seen=self.cleaned_data["seen"], by=by)


def cell_form(name: str, data: Mapping[str, Any] | None, *, deal: Deal, viewer: User, seen: int) -> Any:
    """The form of a cell. KeyError: there is no such cell to be edited, or nothing planned to be moved."""
    form: Any
    if name == "status":
        form = StatusCell(data, deal=deal, seen=seen)
    elif name == "task":
        task = Task.objects.unfinished().filter(deal=deal).order_by("due_at", "pk").first()
        if task is None:
            raise KeyError(name)
        form = TaskCell(data, task=task)
    elif name in ("price", "manager"):
        form = DealFieldForm(data, deal=deal, name=name, viewer=viewer, seen=seen)
    else:
        raise KeyError(name)
    form.auto_id = f"cell-{deal.pk}-%s"
    form.fields["value"].widget.attrs |= {"class": "input", "autocomplete": "off", "autofocus": True}
    return form
