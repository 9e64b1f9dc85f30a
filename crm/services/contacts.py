"""Phones and e-mails as people write them, and the one form in which they are compared."""

import re

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from crm.models import Contact

EMAIL_LENGTH = 254


def normalise_phone(entered: str) -> str:
    """E.164 ("+78007000000"), read in the installation's region; empty where it is no possible number.

    One digit repeated is what forms are filled with by those who would rather not say: it is nobody's number.
    """
    try:
        number = phonenumbers.parse(entered, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return ""
    national = str(number.national_number)
    written = re.sub(r"[^0-9]", "", entered)
    if len(set(national)) == 1 or len(set(written)) == 1 or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(entered: str) -> str:
    """Lower case without blanks; empty where it is no e-mail address."""
    email = entered.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= EMAIL_LENGTH else ""


def normalise(kind: str, entered: str) -> str:
    return normalise_phone(entered) if kind == Contact.Kind.PHONE else normalise_email(entered)
