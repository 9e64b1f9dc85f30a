"""Statuses as administrators set them up."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.forms.considered import ConsideredForm
from crm.forms.deals import REASON_LENGTH
from crm.models import Deal, Palette, Status, User
from crm.services.status_removal import Removed, remove_status
from crm.services.statuses import add_status, change_status, check_status

Kind = Status.Kind
KINDS = (Kind.OPEN, Kind.WON, Kind.LOST)
# What the status of deleted deals has of its own; the rest has no effect on it.
OF_DELETED = ("name", "palette")
STAY = "stay"
LONGEST_STAY = 3650


class StatusForm(ConsideredForm[Status]):
    palette = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=Palette.choices, widget=forms.RadioSelect, initial=Palette.SLATE
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind.value, kind.label) for kind in KINDS], initial=Kind.OPEN
    )
    stale_after = forms.IntegerField(
        label=gettext_lazy("Stale after, days"),
        required=False,
        min_value=1,
        max_value=LONGEST_STAY,
        help_text=gettext_lazy("A deal that stays longer is marked on the board."),
    )

    class Meta:
        model = Status
        fields = ("name", "palette", "kind", "on_board", "stale_after")
        labels = {"name": gettext_lazy("Name"), "on_board": gettext_lazy("A column of the board")}
        help_texts = {
            "on_board": gettext_lazy("Without a column it is a place at the board's foot to drop deals on."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.kind == Kind.DELETED:
            for name in set(self.fields) - {*OF_DELETED, "agreed"}:
                del self.fields[name]

    def guard(self, row: Status) -> None:
        check_status(row)

    def consider(self, before: Status, after: Status) -> tuple[str, tuple[str, ...]]:
        deals = Deal.objects.filter(status=before).count() if before.kind != after.kind else 0
        return (f"kind:{after.kind}", _consequences(before, after, deals)) if deals else ("", ())

    def save_by_service(self, by: User) -> Status:
        if self.instance._state.adding:
            return add_status(by=by, **self.written() | {"name": self.cleaned_data["name"]})
        return change_status(status=self.instance, by=by, **self.written())


class RemovalForm(forms.Form):
    """Where the deals of a status go that is taken out of use."""

    to = forms.ChoiceField(label=gettext_lazy("Where its deals go"))
    lost_reason = forms.CharField(
        label=gettext_lazy("Reason of loss"),
        required=False,
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Where they go to a lost status: kept with each deal."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, status: Status, deals: int) -> None:
        super().__init__(data)
        self.status = status
        self.targets = {str(one.pk): one for one in Status.objects.usable().exclude(pk=status.pk)}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((key, one.name) for key, one in self.targets.items()),
            (STAY, _("Nowhere: they stay in it, off the board")),
        ]
        if not deals:
            self.fields.clear()
        elif not any(one.kind == Kind.LOST for one in self.targets.values()):
            del self.fields["lost_reason"]

    def write(self, *, by: User) -> Removed | None:
        """None where the service refused: the form says why."""
        try:
            return remove_status(
                status=self.status,
                to=self.targets.get(self.cleaned_data.get("to", "")),
                lost_reason=self.cleaned_data.get("lost_reason", ""),
                by=by,
            )
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None


def _consequences(before: Status, after: Status, deals: int) -> tuple[str, ...]:
    count = {"count": deals}
    if after.kind == Kind.OPEN:
        return (
            ngettext(
                "%(count)d deal in it is open again: its closing date is forgotten.",
                "%(count)d deals in it are open again: their closing dates are forgotten.",
                deals,
            )
            % count,
            _("They count as work in hand again, and the board shows them all."),
        )
    if before.kind == Kind.OPEN:
        return (
            ngettext(
                "%(count)d deal in it closes, dated by the day it came into the status.",
                "%(count)d deals in it close, each dated by the day it came into the status.",
                deals,
            )
            % count,
            _("The board shows closed deals for 30 days; the list of deals keeps showing them all."),
        )
    won = ngettext("%(count)d deal in it counts as won now.", "%(count)d deals in it count as won now.", deals)
    lost = ngettext("%(count)d deal in it counts as lost now.", "%(count)d deals in it count as lost now.", deals)
    return (
        (won if after.kind == Kind.WON else lost) % count,
        _("The closing dates stay, so figures of past months change too."),
    )
