"""Telephone calls as the telephony reports them: when they start, and again when they end."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.models import Call, Change, Client, Contact, Deal, FirmPhone, User
from crm.services.clients import client_by_contact
from crm.services.contacts import normalise_phone
from crm.services.history import Entry, record
from crm.services.locking import lock
from crm.services.tasks import manager_of

# Words for a status that mean one of ours.
SYNONYMS = {"ANSWERED": Call.Status.ANSWER, "NO ANSWER": Call.Status.NOANSWER, "NO_ANSWER": Call.Status.NOANSWER}


@dataclass
class CallReport:
    """One report of a call. What did not come is None or empty and replaces nothing."""

    outside_id: str
    caller: str = ""
    callee: str = ""
    status: str = ""
    visit: str = ""
    marker: str = ""
    file_url: str = ""
    started_at: datetime | None = None
    duration: int | None = None
    deal: Deal | None = None
    unread: dict[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, object]:
        """The columns of Call that came with this report."""
        came: dict[str, object] = {
            "caller": self.caller,
            "callee": self.callee,
            "raw_status": self.status,
            "status": known_status(self.status),
            "visit": self.visit,
            "marker": self.marker,
            "file_url": self.file_url,
            "started_at": self.started_at,
            "duration": self.duration,
        }
        return {name: value for name, value in came.items() if value not in ("", None)}


def known_status(text: str) -> str:
    """One of Call.Status in any letter case; empty for any other word."""
    word = text.strip().upper()
    return SYNONYMS.get(word, word if word in Call.Status.values else "")


@transaction.atomic
def report_call(
    *, report: CallReport, by: User | None, via: Change.Via = Change.Via.PROTOCOL, at: datetime | None = None
) -> Call:
    """Write a reported call, or bring the one with the same outside id from the same account up to date.

    A known status is final: a report that comes late with another word only fills what is still empty.
    """
    moment = at or timezone.now()
    lock(f"call:{by.pk if by else ''}:{report.outside_id}")
    call = Call.objects.filter(account=by, outside_id=report.outside_id).first()
    came = report.columns()
    if call is None:
        call = Call(account=by, outside_id=report.outside_id, **{"started_at": moment, **came})
        entries = None
    else:
        entries = _bring_up_to_date(call, came, late=bool(call.status and report.status and "status" not in came))
    call.unread = {**call.unread, **report.unread}
    _attach(call, report.deal)
    call.save()
    if call.deal or call.client:
        for related in (call.messages, call.tasks):
            related.update(deal=call.deal, client=call.client, call=None)
    record(*(entries if entries is not None else [Entry(call.pk, Change.Verb.CREATED)]), by=by, via=via, at=moment)
    return call


def _bring_up_to_date(call: Call, came: dict[str, object], *, late: bool) -> list[Entry]:
    entries = []
    for name, new in came.items():
        old = getattr(call, name)
        if old == new or (late and old not in ("", None)):
            continue
        setattr(call, name, new)
        entries.append(Entry(call.pk, Change.Verb.CHANGED, name, old, new))
    return entries


def _attach(call: Call, deal: Deal | None) -> None:
    """Set the direction, and whose call it is: of the deal if one is named, else of the client who called or was
    called.
    """
    by_caller, by_callee = known_client(call.caller), known_client(call.callee)
    call.direction = (
        Call.Direction.OUTGOING if by_callee is not None and by_caller is None else Call.Direction.INCOMING
    )
    if deal is not None:
        call.deal, call.client = deal, None
    elif call.deal is None and call.client is None:
        call.client = by_caller or by_callee
    owner = call.deal or call.client
    if owner is not None and call.manager is None:
        call.manager = manager_of(owner)


def known_client(phone: str) -> Client | None:
    """The client with this phone; the firm's own numbers are nobody's."""
    normalised = normalise_phone(phone)
    if not normalised or FirmPhone.objects.filter(normalised=normalised).exists():
        return None
    return client_by_contact(Contact.Kind.PHONE, normalised)
