"""Custom fields, and the labels that those of type choice offer, as administrators set them up."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.forms.considered import ConsideredForm
from crm.models import CustomField, FieldChoice, User
from crm.services.custom_fields import add_field, change_field, check_field
from crm.services.field_choices import add_choice, drop_choice, rename_choice, replace_choice
from crm.services.field_types import Fit, find_fit

Type = CustomField.Type
LONGEST_LABEL = 255
MOST_LABELS = 200
KEEP = "keep"


class FieldForm(ConsideredForm[CustomField]):
    """A change of type first shows the values that do not fit, in `fit`."""

    fit: Fit | None = None

    labels = forms.CharField(
        label=gettext_lazy("Choices, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("More can be added later."),
    )

    class Meta:
        model = CustomField
        fields = ("name", "type", "is_required", "on_card", "on_board", "on_list")
        labels = {
            "name": gettext_lazy("Name"),
            "type": gettext_lazy("Type"),
            "is_required": gettext_lazy("Required"),
            "on_card": gettext_lazy("On the deal's page"),
            "on_board": gettext_lazy("On the cards of the board"),
            "on_list": gettext_lazy("A column of the list of deals"),
        }
        help_texts = {
            "is_required": gettext_lazy("Asked for when people make or edit a deal; a lead is never refused for it."),
            "on_list": gettext_lazy("For those who have not chosen columns of their own."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding and self.instance.type == Type.CHOICE:
            del self.fields["labels"]

    def clean_labels(self) -> list[str]:
        """The lines that are none but blank, each once."""
        lines = (line.strip() for line in self.cleaned_data["labels"].splitlines())
        labels = list(dict.fromkeys(line for line in lines if line))
        if any(len(label) > LONGEST_LABEL for label in labels):
            raise ValidationError(_("A choice has at most %(most)d characters.") % {"most": LONGEST_LABEL})
        if len(labels) > MOST_LABELS:
            raise ValidationError(_("At most %(most)d choices at once.") % {"most": MOST_LABELS})
        return labels

    def clean(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        asks = "labels" in self.fields and not self.errors and data["type"] == Type.CHOICE
        if asks and not data["labels"] and not self._offered():
            self.add_error("labels", _("Write at least one choice."))
        return super().clean()

    def guard(self, row: CustomField) -> None:
        check_field(row)

    def consider(self, before: CustomField, after: CustomField) -> tuple[str, tuple[str, ...]]:
        if after.type in (before.type, Type.TEXT):
            return "", ()
        self.fit = find_fit(after, {*self._offered(), *self.cleaned_data.get("labels", ())})
        if not self.fit.misfits:
            return "", ()
        return f"type:{after.type}:{self.fit.misfits}", _misfits_said(self.fit, after)

    def save_by_service(self, by: User) -> CustomField:
        columns = self.written()
        columns.pop("labels", None)
        labels = self.cleaned_data.get("labels", ()) if self.cleaned_data["type"] == Type.CHOICE else ()
        if self.instance._state.adding:
            return add_field(by=by, labels=labels, **columns | {"name": self.cleaned_data["name"]})
        return change_field(field=self.instance, by=by, labels=labels, **columns)

    def _offered(self) -> set[str]:
        """What the field offers already; also one that was of type choice once."""
        return set(FieldChoice.objects.filter(field_id=self.instance.pk).values_list("label", flat=True))


class ChoiceForm(forms.Form):
    """A new label of a field, or another name for one."""

    label = forms.CharField(label=gettext_lazy("Name of the choice"), max_length=LONGEST_LABEL)

    def add_to(self, field: CustomField, *, by: User) -> FieldChoice | None:
        """None where the service refused: the form says why."""
        try:
            return add_choice(field=field, label=self.cleaned_data["label"], by=by)
        except ValidationError as error:
            self.add_error(None, error)
            return None

    def rename(self, choice: FieldChoice, *, by: User) -> int | None:
        """How many deals are rewritten; None where the service refused: the form says why."""
        try:
            return rename_choice(choice=choice, label=self.cleaned_data["label"], by=by)[1]
        except ValidationError as error:
            self.add_error(None, error)
            return None


class ChoiceRemovalForm(forms.Form):
    """What becomes of the deals that hold a label that is offered no more."""

    to = forms.ChoiceField(label=gettext_lazy("What its deals get"))

    def __init__(self, data: Mapping[str, Any] | None, *, choice: FieldChoice, deals: int) -> None:
        super().__init__(data)
        self.choice = choice
        self.targets = {str(one.pk): one for one in choice.field.choices.exclude(pk=choice.pk)}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((key, one.label) for key, one in self.targets.items()),
            (KEEP, _("Nothing else: they keep it as a text")),
        ]
        if not deals:
            self.fields.clear()

    def write(self, *, by: User) -> int | None:
        """How many deals are rewritten; None where the service refused: the form says why."""
        to = self.targets.get(self.cleaned_data.get("to", ""))
        try:
            if to is not None:
                return replace_choice(choice=self.choice, to=to, by=by)
            drop_choice(choice=self.choice, by=by)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None
        return 0


def _misfits_said(fit: Fit, after: CustomField) -> tuple[str, ...]:
    of_choice = ngettext(
        "%(count)d of %(values)d values is none of the choices.",
        "%(count)d of %(values)d values are none of the choices.",
        fit.misfits,
    )
    of_others = ngettext(
        "%(count)d of %(values)d values does not fit the type “%(type)s”.",
        "%(count)d of %(values)d values do not fit the type “%(type)s”.",
        fit.misfits,
    )
    said = of_choice if after.type == Type.CHOICE else of_others
    return (
        said % {"count": fit.misfits, "values": fit.values, "type": after.get_type_display()},
        _("They stay as they were entered, and sort behind the others, until somebody edits them."),
    )
