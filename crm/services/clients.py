"""Writes to clients, and how a client is found by what he left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from crm.models import Batch, Change, Client, Contact, ProbableDuplicates, User
from crm.models.number import next_number
from crm.models.prepared import prepared
from crm.services.atomic import atomic
from crm.services.conflicts import demand_unchanged
from crm.services.contacts import normalise
from crm.services.history import Entry, changes, record
from crm.services.inserting import insert
from crm.services.locking import lock

Kind = Contact.Kind
Via = Change.Via
Verb = Change.Verb

# What `change_client` writes; phones and e-mails are crm.services.client_contacts.
CHANGEABLE = frozenset({"name", "company", "manager", "notes"})
# Of these an incremental export_clients tells.
EXPORTED = frozenset({"name"})


@dataclass(frozen=True)
class Visitor:
    """What somebody left of himself: any of it may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @cached_property
    def contacts(self) -> Sequence[tuple[Contact.Kind, str, str]]:
        """What is there of phone and e-mail: kind, as entered, as compared."""
        pairs = [(Kind.PHONE, self.phone), (Kind.EMAIL, self.email)]
        return tuple((kind, entered, normalise(kind, entered)) for kind, entered in pairs if entered)

    @property
    def locks(self) -> list[str]:
        """The names of what visitors with one phone or e-mail wait for."""
        return [f"{kind}:{normalised}" for kind, _, normalised in self.contacts if normalised]


def client_by_contact(kind: str, normalised: str) -> Client | None:
    """The client with this phone or e-mail: of several the one with the most recent deal, then the lowest number."""
    if not normalised:
        return None
    two = _first_two_with(kind, normalised)
    if len(two) < 2:  # nearly always: nobody's deals need be looked at
        return two[0] if two else None
    latest_first = F("latest_deal").desc(nulls_last=True)
    having = Client.objects.present().filter(contacts__kind=kind, contacts__normalised=normalised)
    return having.annotate(latest_deal=Max("deals__created_at")).order_by(latest_first, "pk").first()


@prepared
def _first_two_with(kind: str, normalised: str) -> QuerySet[Client]:
    having = Client.objects.present().filter(contacts__kind=kind, contacts__normalised=normalised)
    return having.order_by("pk")[:2]


@prepared
def _contacts_of(client: int) -> QuerySet[Contact]:
    return Contact.objects.filter(client=client)


def take_in_visitor(
    visitor: Visitor, *, by: User | None, via: Change.Via, at: datetime, number: int | None = None
) -> tuple[Client | None, bool]:
    """The client that a visitor is: found by phone, then by e-mail, else made; None where nothing was left.

    A known client's empty name is filled in and what he has not yet is added to his contacts. The second value says
    that phone and e-mail found two clients; they are then kept as probable duplicates. Runs in the caller's
    transaction; visitors with one phone or e-mail wait for each other. `number` as in `create_client`.
    """
    lock(*visitor.locks)
    found = [client for kind, _, normalised in visitor.contacts if (client := client_by_contact(kind, normalised))]
    if not found:
        if not (visitor.name or visitor.contacts):
            return None, False
        return create_client(visitor=visitor, by=by, via=via, at=at, number=number), False
    client = found[0]
    complete_client(client=client, visitor=visitor, by=by, via=via, at=at)
    doubled = found[-1] != client
    if doubled:
        suspect_duplicates(client, found[-1], at=at)
    return client, doubled


@atomic
def create_client(
    *,
    visitor: Visitor,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
    number: int | None = None,
    **columns: Any,
) -> Client:
    """Make a client of what a visitor left; `columns` are further columns of Client. `number` is for him where whoever
    asks took several at once.
    """
    moment = at or timezone.now()
    number = number or next_number()
    client = Client(pk=number, name=visitor.name, created_at=moment, changed_at=moment, **columns)
    contacts = [
        Contact(client=client, kind=kind, entered=entered, normalised=normalised)
        for kind, entered, normalised in visitor.contacts
    ]
    insert(client, *contacts, *changes(Entry(number, Verb.CREATED), by=by, via=via, at=moment, batch=batch))
    return client


@atomic
def complete_client(
    *, client: Client, visitor: Visitor, by: User | None, via: Change.Via = Via.WEB, at: datetime | None = None
) -> Client:
    """Fill in what a client lacks: his name, a further phone or e-mail. Nothing that is there is overwritten."""
    if not (_lacks_name(client, visitor) or _lacking(_contacts_of(client.pk), visitor)):
        return client  # as most who come again: nobody need wait for his row
    moment = at or timezone.now()
    client = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    entries = []
    if _lacks_name(client, visitor):
        client.name = visitor.name
        entries.append(Entry(client.pk, Verb.CHANGED, "name", "", visitor.name))
    known = list(client.contacts.all())
    behind = 1 + max((contact.position for contact in known), default=0)
    for position, (kind, entered, normalised) in enumerate(_lacking(known, visitor), start=behind):
        Contact.objects.create(client=client, kind=kind, entered=entered, normalised=normalised, position=position)
        entries.append(Entry(client.pk, Verb.CHANGED, kind, None, entered))
    if entries:
        client.changed_at = moment
        client.version += 1
        client.save(update_fields=["name", "search_text", "changed_at", "version"])
        record(*entries, by=by, via=via, at=moment)
    return client


def _lacks_name(client: Client, visitor: Visitor) -> bool:
    return bool(visitor.name) and not client.name


def _lacking(known: list[Contact], visitor: Visitor) -> list[tuple[Contact.Kind, str, str]]:
    """What a visitor left that is not among the `known` contacts."""
    return [
        (kind, entered, normalised)
        for kind, entered, normalised in visitor.contacts
        if not any(c.kind == kind and (c.normalised == normalised != "" or c.entered == entered) for c in known)
    ]


@atomic
def change_client(
    *,
    client: Client,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
    seen: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Client:
    """Write the given columns; what is as it was leaves no trace. The locked, saved client is returned.

    `seen` are the values that whoever writes had before him; Conflict where another has changed one meanwhile.
    """
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_client() does not write {', '.join(sorted(unknown))}")
    moment = at or timezone.now()
    client = locked(client)
    for name, before in (seen or {}).items():
        demand_unchanged(name, before, now=getattr(client, name), new=columns[name])
    entries = []
    for name, new in columns.items():
        old = getattr(client, name)
        if old != new:
            setattr(client, name, new)
            entries.append(Entry(client.pk, Verb.CHANGED, name, old, new))
    save_changed(client, entries, by=by, via=via, at=moment, batch=batch)
    return client


@atomic
def trash_client(
    *,
    client: Client,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Client:
    """Put a client aside: no list shows him and no visitor is taken for him. His deals stay as they are."""
    client = locked(client)
    if client.trashed_at is None:
        client.trashed_at = at or timezone.now()
        entries = [Entry(client.pk, Verb.TRASHED)]
        save_changed(client, entries, by=by, via=via, at=client.trashed_at, batch=batch)
    return client


@atomic
def restore_client(
    *,
    client: Client,
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> Client:
    """Bring a client back from the trash."""
    client = locked(client)
    if client.trashed_at is not None:
        client.trashed_at = None
        entries = [Entry(client.pk, Verb.RESTORED)]
        save_changed(client, entries, by=by, via=via, at=at or timezone.now(), batch=batch)
    return client


def locked(client: Client) -> Client:
    """The client as he stands in the database now, his row locked to the end of the transaction."""
    return Client.objects.select_for_update(of=("self",), no_key=True).select_related("manager").get(pk=client.pk)


def save_changed(
    client: Client,
    entries: list[Entry],
    *,
    by: User | None,
    via: Change.Via,
    at: datetime,
    batch: Batch | None = None,
) -> None:
    """How every write to a locked client ends: the row and its history are saved, where there is any to write."""
    if not entries:
        return
    if any(entry.field in EXPORTED or entry.field in Kind.values for entry in entries):
        client.changed_at = at
    client.version += 1
    client.save()
    record(*entries, by=by, via=via, at=at, batch=batch)


def suspect_duplicates(one: Client, other: Client, *, at: datetime) -> None:
    """Keep the pair for people to decide; a pair that they found to be different stays so."""
    first, second = sorted((one, other), key=lambda client: client.pk)
    ProbableDuplicates.objects.get_or_create(first=first, second=second, defaults={"found_at": at})


def dismiss_duplicates(*, pair: ProbableDuplicates, at: datetime | None = None) -> ProbableDuplicates:
    """Note that people found the two to be different; the pair is not found again."""
    if pair.dismissed_at is None:
        pair.dismissed_at = at or timezone.now()
        pair.save(update_fields=["dismissed_at"])
    return pair
