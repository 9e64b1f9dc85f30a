"""What the search box finds: by number, name, title, visit, e-mail or phone, in this order of certainty.

The number, a whole phone and a whole e-mail are found wherever they are, by an index. Parts of texts and of phones are
looked for in the newest records, so that a keystroke costs the same however large the base is.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from crm.models import Call, Client, Contact, Deal, User
from crm.models.client import phone_digits
from crm.models.folding import question, words_in
from crm.services.contacts import normalise_email, normalise_phone
from crm.services.subjects import Subject, find_subject

Row = TypeVar("Row", bound=Model)

# How many of the newest deals, and of the newest clients, are looked through for a part of a text.
NEWEST = 50_000
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
    visible = Client.objects.visible_to(user).present().prefetch_related("contacts").order_by("-pk")
    whole = [value for value in (normalise_phone(text), normalise_email(text)) if value]
    if whole:
        contacts = Contact.objects.filter(kind__in=Contact.Kind.values, normalised__in=whole)
        if clients := list(visible.filter(pk__in=contacts.values("client"))[:limit]):
            return clients
    meaning = has_words(text) | Q(pk__in=clients_with_phone_part(text, limit=limit))
    return list(newest(visible).filter(meaning)[:limit])


def find_deals(text: str, clients: list[Client], *, user: User, limit: int) -> list[Deal]:
    """Those with the words in title or visit, and those of the clients found; not the ones in the trash."""
    visible = Deal.objects.visible_to(user).present().select_related("client", "status").order_by("-pk")
    shown = visible.defer("order_json", "extra")
    of_clients = list(shown.filter(client__in=clients)[:limit]) if clients else []
    named = list(newest(shown).filter(has_words(text))[:limit])
    return sorted({*named, *of_clients}, key=lambda deal: -deal.pk)[:limit]


def has_words(text: str) -> Q:
    return Q(*(Q(search_text__contains=word) for word in words_in(text)))


def clients_with_phone_part(text: str, *, limit: int) -> list[int]:
    """The clients in whose phones the digits stand, whatever is typed between them; none for less than a part."""
    found = Q()
    for digits in phone_digits(text):
        if len(digits) >= PHONE_PART:
            found |= Q(normalised__contains=digits)
    if not found:
        return []
    phones = newest(Contact.objects.filter(kind=Contact.Kind.PHONE)).filter(found).order_by("-pk")
    return list(phones.values_list("client_id", flat=True)[:limit])


def newest(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows those among the NEWEST of their table."""
    numbers = rows.model._default_manager.order_by("-pk").values_list("pk", flat=True)
    oldest = numbers[NEWEST : NEWEST + 1].first()
    return rows if oldest is None else rows.filter(pk__gt=oldest)
