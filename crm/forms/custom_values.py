"""Form fields for the custom fields of deals.

A value is a text; the type of its field decides how it is entered. What stands there and cannot be read as the type is
shown as it was entered and stays so until somebody changes it.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from crm.models import CustomField
from crm.models.reading import NO_TEXT, YES_TEXT, read_date, read_number, read_yes_no

Type = CustomField.Type

# The protocol's limit for one field value.
LONGEST = 65_536
# A longer text, or one of several lines, gets a box to be read in.
LINE = 100


def value_field(custom: CustomField, text: str = "") -> forms.Field:
    """The form field for a value that is `text` now; `check_value` holds what is entered against the type."""
    if custom.type in (Type.YES_NO, Type.CHOICE):
        choices = yes_no_choices(text) if custom.type == Type.YES_NO else label_choices(custom, text)
        return forms.ChoiceField(
            label=custom.name, required=custom.is_required, initial=text, choices=[("", "—"), *choices]
        )
    return forms.CharField(
        label=custom.name,
        required=custom.is_required,
        initial=text,
        max_length=LONGEST,
        strip=False,  # or a text with a blank at its end would seem changed
        widget=text_widget(custom, text),
    )


def yes_no_choices(text: str) -> list[tuple[str, str]]:
    """Yes and no, either by the word that stands there ("да", "1"), and what is neither as it was entered."""
    readable = read_yes_no(text)
    yes = text if readable == 1 else YES_TEXT
    no = text if readable == 0 else NO_TEXT
    choices = [(yes, _("Yes")), (no, _("No"))]
    return [(text, text), *choices] if text and readable is None else choices


def label_choices(custom: CustomField, text: str) -> list[tuple[str, str]]:
    """The labels that the field offers, and what stands there if it is none of them."""
    labels = [choice.label for choice in custom.choices.all()]
    if text and text not in labels:
        labels.insert(0, text)
    return [(label, label) for label in labels]


def text_widget(custom: CustomField, text: str) -> forms.Widget:
    if custom.type == Type.NUMBER:
        return forms.TextInput(attrs={"inputmode": "decimal"})
    if custom.type == Type.LINK:
        return forms.URLInput(attrs={"size": 60})
    if custom.type == Type.DATE:
        return forms.DateInput()
    if len(text) > LINE or "\n" in text:
        return forms.Textarea(attrs={"rows": 4})
    return forms.TextInput(attrs={"size": 60})


def check_value(custom: CustomField, entered: str) -> str:
    """What somebody entered, as it is kept. ValidationError: it cannot be read as the field's type."""
    text = entered.replace("\r\n", "\n").strip()
    if custom.type == Type.LINK and text:
        URLValidator(["http", "https"])(text)
    if custom.type == Type.NUMBER and text and read_number(text) is None:
        raise ValidationError(_("Enter a number."))
    if custom.type == Type.DATE and text and read_date(text) is None:
        raise ValidationError(_("Enter a date, like 2026-12-31 or 31.12.2026."))
    return text
