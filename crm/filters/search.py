"""What the search box finds: by number, name, title, visit, e-mail or phone, in this order of certainty.

All of it is found by an index, the newest first, so that a keystroke costs the same however large the base is.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from crm.models import Call, Client, Contact, Deal, User
from crm.models.client import phone_digits
from crm.models.folding import question, words_in
from crm.models.text_index import CLIENT_TEXT, CONTACT_TEXT, DEAL_TEXT
from crm.services.contacts import normalise_email, normalise_phone
from crm.services.subjects import Subject, find_subject

# Fewer digits than this stand in too many phones.
PHONE_PART = 4


@dataclass(frozen=True)
class Found:
    """What a text leads to; deals and clients newest first, `is_more` where a kind has more than were asked for."""

    text: str
    subject: Subject | None
    deals: list[Deal]
    clients: list[Client]
    is_more: bool = False

    def __bool__(self) -> bool:
        return bool(self.subject or self.deals or self.clients)

    @property
    def kind(self) -> str:
        """What the number names: "deal", "client", "call", or nothing."""
        return type(self.subject).__name__.lower() if self.subject else ""


def find(text: str, *, user: User, limit: int) -> Found:
    """What this person may see of what `text` can mean, at most `limit` deals and as many clients."""
    text = question(text)
    if not text:
        return Found(text, None, [], [])
    subject = find_numbered(text, user=user)
    clients = find_clients(text, user=user, limit=limit + 1)
    deals = find_deals(text, clients[:limit], user=user, limit=limit + 1)
    is_more = len(clients) > limit or len(deals) > limit
    return Found(text, subject, deals[:limit], clients[:limit], is_more)


def find_numbered(text: str, *, user: User) -> Subject | None:
    """The deal, client or call that "803" or "#803" leads to: a task or comment to what it belongs to."""
    number = re.fullmatch(r"#?([0-9]{1,18})", text)
    subject = find_subject(int(number[1])) if number else None
    if subject is None:
        return None
    visible: dict[type[Subject], QuerySet[Any]] = {
        Deal: Deal.objects.visible_to(user),
        Client: Client.objects.visible_to(user),
        Call: Call.objects.visible_to(user),
    }
    return subject if visible[type(subject)].filter(pk=subject.pk).exists() else None


def find_clients(text: str, *, user: User, limit: int) -> list[Client]:
    """Those with this whole phone or e-mail; where there are none, those with the words or a part of a phone."""
    visible = Client.objects.visible_to(user).present()
    whole = [value for value in (normalise_phone(text), normalise_email(text)) if value]
    contacts = Contact.objects.filter(kind__in=Contact.Kind.values, normalised__in=whole)
    found = visible.newest_meeting_any([Q(pk__in=contacts.values("client"))], limit) if whole else []
    if not found:
        named = CLIENT_TEXT.newest_with(words_in(text), limit)
        found = visible.newest_meeting_any([*named, *_phone_parts(text)], limit)
    return list(Client.objects.filter(pk__in=found).prefetch_related("contacts").order_by("-pk"))


def find_deals(text: str, clients: list[Client], *, user: User, limit: int) -> list[Deal]:
    """Those with the words in title or visit, and those of the clients found; not the ones in the trash."""
    conditions = DEAL_TEXT.newest_with(words_in(text), limit)
    if clients:
        conditions.append(Q(client__in=clients))
    found = Deal.objects.visible_to(user).present().newest_meeting_any(conditions, limit)
    shown = Deal.objects.filter(pk__in=found).select_related("client", "status").defer("order_json", "extra")
    return list(shown.order_by("-pk"))


def _phone_parts(text: str) -> list[Q]:
    """The clients in whose phones the digits stand, whatever is typed between them; none for less than a part."""
    phones = Contact.objects.filter(kind=Contact.Kind.PHONE)
    parts = [digits for digits in phone_digits(text) if len(digits) >= PHONE_PART]
    return [Q(pk__in=phones.filter(CONTACT_TEXT.rows_with([digits])).values("client")) for digits in parts]
