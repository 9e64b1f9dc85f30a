"""Telephone calls: as the telephony reports them, when they start and again when they end, and by hand."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from crm.models import Call, Change, Client, Contact, Deal, FirmPhone, User
from crm.services.atomic import atomic
from crm.services.call_backs import plan_call_back
from crm.services.clients import Visitor, client_by_contact, take_in_visitor
from crm.services.contacts import normalise_phone
from crm.services.deals import create_deal
from crm.services.history import Entry, record
from crm.services.locking import lock
from crm.services.messages import write_message
from crm.services.subjects import belonging
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


@atomic
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
    _take_along(call)
    record(*(entries if entries is not None else [Entry(call.pk, Change.Verb.CREATED)]), by=by, via=via, at=moment)
    plan_call_back(call, at=moment)
    return call


@atomic
def log_call(
    *,
    subject: Deal | Client,
    direction: str,
    status: str,
    by: User | None,
    phone: str = "",
    duration: int | None = None,
    started_at: datetime | None = None,
    note: str = "",
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> Call:
    """Write down a call that no telephony reported; `phone` is the other side's, `duration` is in seconds, `note`
    becomes a comment.
    """
    moment = at or timezone.now()
    call = Call.objects.create(
        direction=direction,
        status=status,
        manager=by,
        started_at=started_at or moment,
        duration=duration,
        **{"caller" if direction == Call.Direction.INCOMING else "callee": phone},
        **belonging(subject),
    )
    record(Entry(call.pk, Change.Verb.CREATED), by=by, via=via, at=moment)
    if note:
        write_message(subject=subject, text=note, by=by, via=via, at=moment)
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


@atomic
def attach_call(
    *,
    call: Call,
    to: Deal | Client | None,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> Call:
    """Put a call on a deal or a client, with the comments and tasks that stood on the call itself; None takes it off.

    Nobody's call becomes one of the manager whose deal or client it is.
    """
    call = (
        Call.objects.select_for_update(of=("self",), no_key=True)
        .select_related("deal", "client", "manager")
        .get(pk=call.pk)
    )
    wanted = {
        "deal": to if isinstance(to, Deal) else None,
        "client": to if isinstance(to, Client) else None,
        "manager": call.manager or (manager_of(to) if to else None),
    }
    entries = []
    for name, new in wanted.items():
        old = getattr(call, name)
        if old != new:
            setattr(call, name, new)
            entries.append(Entry(call.pk, Change.Verb.CHANGED, name, old, new))
    call.save(update_fields=list(wanted))
    _take_along(call)
    record(*entries, by=by, via=via, at=at)
    return call


@atomic
def deal_of_call(
    *,
    call: Call,
    by: User | None,
    title: str = "",
    name: str = "",
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> Deal:
    """Make a deal of a call: for the client it is of, else for the one whom the other side's phone finds, else for a
    new one. The deal takes over the call with its visit, and is for whoever took the call.
    """
    moment = at or timezone.now()
    call = (
        Call.objects.select_for_update(of=("self",), no_key=True).select_related("client", "manager").get(pk=call.pk)
    )
    phone = other_side(call, firm_phones())
    client = call.client
    if client is None:
        client, _ = take_in_visitor(Visitor(name=name, phone=phone), by=by, via=via, at=moment)
    deal = create_deal(
        title=title or (gettext("Call from %(phone)s") % {"phone": phone} if phone else gettext("Call")),
        client=client,
        manager=call.manager or (manager_of(client) if client else None) or by,
        visit=call.visit,
        extra={"parameters": {"marker": call.marker}} if call.marker else {},
        by=by,
        via=via,
        at=moment,
    )
    attach_call(call=call, to=deal, by=by, via=via, at=moment)
    return deal


def _take_along(call: Call) -> None:
    """What was written on a call of nobody goes with it to its deal or client."""
    if call.deal or call.client:
        for related in (call.messages, call.tasks):
            related.update(deal=call.deal, client=call.client, call=None)


def firm_phones() -> frozenset[str]:
    """The firm's own numbers, normalised."""
    return frozenset(FirmPhone.objects.values_list("normalised", flat=True))


def other_side(call: Call, firm: frozenset[str]) -> str:
    """The phone of whoever talked with the firm, as it came; empty where both are the firm's own."""
    sides = [call.caller, call.callee] if call.direction == Call.Direction.INCOMING else [call.callee, call.caller]
    return next((side for side in sides if side and normalise_phone(side) not in firm), "")


def known_client(phone: str) -> Client | None:
    """The client with this phone; the firm's own numbers are nobody's."""
    normalised = normalise_phone(phone)
    if not normalised or FirmPhone.objects.filter(normalised=normalised).exists():
        return None
    return client_by_contact(Contact.Kind.PHONE, normalised)
