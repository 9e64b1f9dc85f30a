"""The phones and e-mails of a client, as people edit them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Change, Client, Contact, User
from crm.services.atomic import atomic
from crm.services.clients import locked, save_changed
from crm.services.conflicts import demand_unchanged
from crm.services.contacts import normalise
from crm.services.history import Entry
from crm.services.locking import lock

Kind = Contact.Kind
Via = Change.Via
Verb = Change.Verb

# A kind and the text as entered.
Given = tuple[str, str]


@atomic
def set_contacts(
    *,
    client: Client,
    contacts: Iterable[tuple[str, str]],
    by: User | None,
    via: Change.Via = Via.WEB,
    at: datetime | None = None,
    seen: Iterable[tuple[str, str]] | None = None,
) -> Client:
    """Make `contacts`, pairs of kind and text as entered, the client's phones and e-mails, in this order.

    One that is written in two ways stays once, as written first. `seen` as in `change_client`.
    """
    wanted = _without_doubles(contacts)
    lock(*(f"{kind}:{normalised}" for kind, normalised in wanted if normalised))
    client = locked(client)
    kept = {_compared(row.kind, row.entered): row for row in client.contacts.all()}
    before = _by_kind((row.kind, row.entered) for row in kept.values())
    new = _by_kind((kind, entered) for (kind, _), entered in wanted.items())
    if seen is not None:
        demand_unchanged("contacts", _by_kind(seen), now=before, new=new)
    if new == before:
        return client
    client.contacts.exclude(pk__in=[row.pk for key, row in kept.items() if key in wanted]).delete()
    for position, (key, entered) in enumerate(wanted.items()):
        row = kept.get(key) or Contact(client=client, kind=key[0])
        row.entered, row.normalised, row.position = entered, normalise(key[0], entered), position
        row.save()
    entries = [entry for kind in Kind.values for entry in _contact_entries(client, kind, before, new)]
    save_changed(client, entries, by=by, via=via, at=at or timezone.now())
    return client


def check_contact(kind: str, entered: str) -> str:
    """The contact as it is compared; ValidationError: it is no possible phone or e-mail."""
    normalised = normalise(kind, entered)
    if not normalised:
        message = (
            _("This is no possible phone number.") if kind == Contact.Kind.PHONE else _("This is no e-mail address.")
        )
        raise ValidationError(message, code="impossible")
    return normalised


def check_no_doubles(contacts: Sequence[Given]) -> None:
    """ValidationError: one phone or e-mail stands there twice, in whatever notation."""
    seen = set()
    for kind, entered in contacts:
        key = _compared(kind, entered)
        if key in seen:
            raise ValidationError(_("“%(contact)s” stands there twice.") % {"contact": entered}, code="double")
        seen.add(key)


def _compared(kind: str, entered: str) -> tuple[str, str]:
    """What makes two contacts one: the kind with the normalised form, or the text itself where it has none."""
    return kind, normalise(kind, entered) or entered


def _without_doubles(contacts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    wanted: dict[tuple[str, str], str] = {}
    for kind, entered in contacts:
        wanted.setdefault(_compared(kind, entered), entered)
    return wanted


def _by_kind(contacts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((str(kind), entered) for kind, entered in contacts), key=itemgetter(0))


def _contact_entries(
    client: Client, kind: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> list[Entry]:
    """What went and what came, side by side; where only the order changed, both orders."""
    old = [text for of, text in before if of == kind]
    new = [text for of, text in after if of == kind]
    gone, come = [text for text in old if text not in new], [text for text in new if text not in old]
    if not (gone or come):
        return [Entry(client.pk, Verb.CHANGED, kind, ", ".join(old), ", ".join(new))] if old != new else []
    return [Entry(client.pk, Verb.CHANGED, kind, was, now) for was, now in zip_longest(gone, come)]
