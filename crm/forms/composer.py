"""What is written under a deal or a client beside a task (crm.forms.tasks): a comment, a call."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.models import Call, Client, Deal, Message, User
from crm.services.calls import log_call
from crm.services.messages import write_message

LONGEST_TEXT = 65_536
LONGEST_CALL = 24 * 60
SANE_YEARS = range(1970, 2101)


def demand_sane_moment(moment: datetime) -> None:
    """Close to the ends of the calendar another zone's clock shows no time at all."""
    if moment.year not in SANE_YEARS:
        raise ValidationError(_("Choose a moment between the years 1970 and 2100."))


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))

    def save(self, *, subject: Deal | Client, by: User) -> Message:
        return write_message(subject=subject, text=self.cleaned_data["text"], by=by)


class CallForm(forms.Form):
    """A call that no telephony reported; without a moment it was just now."""

    direction = forms.ChoiceField(
        label=_("Direction"), choices=Call.Direction.choices, initial=Call.Direction.OUTGOING
    )
    status = forms.ChoiceField(label=_("How it ended"), choices=Call.Status.choices, initial=Call.Status.ANSWER)
    phone = forms.CharField(
        label=_("Phone"), max_length=255, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=LONGEST_CALL, required=False)
    started_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        validators=[demand_sane_moment],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=_("What was said"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def save(self, *, subject: Deal | Client, by: User) -> Call:
        typed = self.cleaned_data
        return log_call(
            subject=subject,
            direction=typed["direction"],
            status=typed["status"],
            phone=typed["phone"],
            duration=None if typed["minutes"] is None else typed["minutes"] * 60,
            started_at=typed["started_at"],
            note=typed["note"],
            by=by,
        )
