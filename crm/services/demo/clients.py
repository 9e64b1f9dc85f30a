"""The salon's clients: three of five deals bring a new one, the others are of those who came before."""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from crm.models import Change, Client, Contact
from crm.models.folding import fold
from crm.services.demo import names, texts
from crm.services.demo.chance import Chance, weighted
from crm.services.demo.rows import Rows, stamp
from crm.services.demo.shop import Manager, Shop

# How many phones and e-mails a client leaves.
LEFT = weighted([(52, (1, 0)), (30, (1, 1)), (6, (2, 0)), (5, (2, 1)), (5, (0, 1)), (1, (1, 2)), (1, (2, 2))])


class Customer(NamedTuple):
    """`phone` in E.164, empty where he left none."""

    number: int
    phone: str
    manager: Manager


class ClientBook:
    """Makes clients and remembers them in a few bytes each: there may be 600,000."""

    def __init__(self, *, shop: Shop, chance: Chance, numbers: Iterator[int], rows: Rows) -> None:
        self._shop, self._chance, self._numbers, self._rows = shop, chance, numbers, rows
        self._ids = array("q")
        self._phones = array("q")
        self._managers = array("B")

    def __len__(self) -> int:
        return len(self._ids)

    def known(self) -> Customer:
        """One who came before; the longer ago for the first time, the oftener."""
        at = int(len(self) * self._chance.random() * self._chance.random())
        phone = f"+{self._phones[at]}" if self._phones[at] else ""
        return Customer(self._ids[at], phone, self._shop.managers[self._managers[at]])

    def new(self, *, arrival: int, by_lead: bool) -> Customer:
        """One who comes for the first time: made by the lead itself, else written down by his manager."""
        chance = self._chance
        number = next(self._numbers)
        place = chance.between(0, len(self._shop.managers) - 1)
        manager = self._shop.managers[place]
        name, latin = names.person(chance)
        at = stamp(arrival)
        company = chance.pick(names.COMPANIES) if chance.happens(0.03) else ""
        notes = chance.pick(texts.NOTES) if chance.happens(0.08) else ""
        self._rows.add(
            Client, number, name, company, manager.id, notes, at, at, None, None, 1, fold(f"{name} {company}")
        )
        self._rows.add_change(number, Change.Verb.CREATED, at=at, by=self._shop.service if by_lead else manager.id)
        phone = self._leave_contacts(number, latin)
        self._ids.append(number)
        self._phones.append(int(phone or 0))
        self._managers.append(place)
        return Customer(number, phone, manager)

    def _leave_contacts(self, client: int, latin: str) -> str:
        """A phone, an e-mail, or several; the first phone is returned."""
        chance = self._chance
        phones, emails = chance.pick(LEFT)
        numbers = dict.fromkeys(names.phone(chance) for _ in range(phones))
        contacts = [(Contact.Kind.PHONE, names.typed_phone(number, chance), number) for number in numbers]
        addresses = {address.lower(): address for address in (names.email(latin, chance) for _ in range(emails))}
        contacts += [(Contact.Kind.EMAIL, address, lower) for lower, address in addresses.items()]
        for position, (kind, entered, normalised) in enumerate(contacts):
            self._rows.add(Contact, client, kind.value, entered, normalised, position)
        return next(iter(numbers), "")
