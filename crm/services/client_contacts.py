"""The phones and e-mails of a client, as people edit them."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Change, Client, Contact, User
from crm.services.contacts import normalise
from crm.services.history import Entry, record

# A kind and the text as entered.
Given = tuple[str, str]


@transaction.atomic
def set_contacts(
    *,
    client: Client,
    contacts: Sequence[Given],
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> Client:
    """Let the client have exactly these contacts in this order; the locked, saved client is returned.

    ValidationError: a new one is no possible phone or e-mail, or one stands there twice.
    """
    moment = at or timezone.now()
    client = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    before = {(contact.kind, contact.entered): contact for contact in client.contacts.all()}
    if list(before) == list(contacts):
        return client
    check_no_doubles(contacts)
    gone = [contact for given, contact in before.items() if given not in contacts]
    Contact.objects.filter(pk__in=[contact.pk for contact in gone]).delete()
    entries = [Entry(client.pk, Change.Verb.CHANGED, contact.kind, contact.entered) for contact in gone]
    for position, (kind, entered) in enumerate(contacts):
        contact = before.get((kind, entered))
        if contact is None:
            contact = Contact(client=client, kind=kind, entered=entered, normalised=check_contact(kind, entered))
            entries.append(Entry(client.pk, Change.Verb.CHANGED, kind, None, entered))
        contact.position = position
        contact.save()
    client.changed_at = moment
    client.version += 1
    client.save(update_fields=["changed_at", "version"])
    record(*entries, by=by, via=via, at=moment)
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
        key = (kind, normalise(kind, entered) or entered)
        if key in seen:
            raise ValidationError(_("“%(contact)s” stands there twice.") % {"contact": entered}, code="double")
        seen.add(key)
