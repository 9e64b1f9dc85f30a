"""What people type into a search box: a number, a phone in any notation, an e-mail, else a piece of text."""

import re
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q

from crm.models import Contact, Deal
from crm.models.number import LARGEST
from crm.services.contacts import normalise_email, normalise_phone

# A kind of contact and its normal form.
Found = tuple[str, str]

# Families share a phone; a switchboard's number is shared by more people than anybody wants to look through.
CLIENTS = 100
DEALS = 500


def number_in(term: str) -> int | None:
    """The record number that "803", "#803" or "№ 803" is; None for anything else."""
    digits = re.fullmatch(r"[#№]?\s*([0-9]{1,19})", term.strip(), re.ASCII)
    number = int(digits[1]) if digits else 0
    return number if 0 < number <= LARGEST else None


def is_marked_number(term: str) -> bool:
    """Whether only a record number can be meant: "#803"."""
    return term.strip()[:1] in ("#", "№")


def contact_in(term: str) -> Found | None:
    """The phone or e-mail that the term is, as its kind and its normal form."""
    if phone := normalise_phone(term):
        return Contact.Kind.PHONE, phone
    if email := normalise_email(term):
        return Contact.Kind.EMAIL, email
    return None


def clients_with(contact: Found | None) -> list[int]:
    """Numbers of the clients with this contact: a list, since a subquery beside an OR would keep indexes from use."""
    if contact is None:
        return []
    kind, normalised = contact
    found = Contact.objects.filter(kind=kind, normalised=normalised).order_by()
    return list(found.values_list("client_id", flat=True)[:CLIENTS])


def deals_of(clients: list[int]) -> list[int]:
    """Numbers of the newest deals of these clients."""
    deals = Deal.objects.filter(client__in=clients).order_by("-pk") if clients else Deal.objects.none()
    return list(deals.values_list("pk", flat=True)[:DEALS])


def contains(term: str, *fields: str) -> Q:
    """That one of the text columns contains the term in any letter case. Reads the table from the newest row on."""
    if connection.vendor == "postgresql":
        return reduce(or_, (Q(**{f"{field}__icontains": term}) for field in fields))
    # SQLite's LIKE folds the letters of ASCII only.
    spellings = {term, term.lower(), term.capitalize()}
    return reduce(or_, (Q(**{f"{field}__contains": text}) for field in fields for text in sorted(spellings)))
