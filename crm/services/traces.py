"""What tells a text to be about a person: his phones in any notation, his e-mails, his name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crm.models import Client, Contact

# The end of a phone that is the same with and without the prefixes of country and trunk.
PHONE_DIGITS = 10
LEAST_DIGITS = 6
LEAST_LETTERS = 3


@dataclass(frozen=True)
class Traces:
    """`phones` are the last digits of numbers, `words` are e-mails and the words of names in small letters."""

    phones: frozenset[str]
    words: frozenset[str]

    def has_phone(self, text: str) -> bool:
        digits = _digits(text)
        return any(phone in digits for phone in self.phones)

    def found_in(self, text: str) -> bool:
        folded = text.casefold()
        return self.has_phone(text) or any(word in folded for word in self.words)


def traces_of(clients: Iterable[Client]) -> Traces:
    """Of one person who was written down as these clients."""
    clients = list(clients)
    phones, words = set(), set()
    for contact in Contact.objects.filter(client__in=clients):
        if contact.kind == Contact.Kind.PHONE and len(_digits(contact.entered)) >= LEAST_DIGITS:
            phones.add(_digits(contact.normalised or contact.entered)[-PHONE_DIGITS:])
        else:
            words |= {contact.entered.casefold(), contact.normalised} - {""}
    for client in clients:
        words |= {word for word in re.findall(r"\w+", client.name.casefold()) if len(word) >= LEAST_LETTERS}
    return Traces(frozenset(phones), frozenset(words))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
