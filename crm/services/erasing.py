"""Erasing what is personal of a client, as the law on personal data has it (152-FZ): the one deletion there is.

Whatever holds a copy outside `crm`, which knows nothing of the apps above it, adds its own to `ERASERS` when it is
ready; each is called in the erasure's transaction. Who has to answer for rows that are gone is told by `KEEPERS`,
before they go, and ends that by `DROPPERS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm.models import Call, Change, Client, Contact, CustomField, Deal, FieldValue, Message, Task, User
from crm.services.attachments import erase_attachments
from crm.services.deals import save_with_order
from crm.services.history import Entry, record
from crm.services.kept_queries import erase_from_queries
from crm.services.locking import lock
from crm.services.traces import Traces, traces_of

# Fields of text that say where a deal came from; what else people or a site write as text may be about the person.
MARKETING = frozenset({"referrer", "source", "utmsource", "utmmedium", "utmcampaign", "utmterm", "utmcontent"})
FREE_TEXT = (CustomField.Type.TEXT, CustomField.Type.LINK)

# Of a kept deal's history the changes of these stay: figures, and who was responsible.
KEPT_HISTORY = ("", "status", "price", "cost", "manager", "created_at")


@dataclass(frozen=True)
class Erasure:
    """What is being erased: `clients` are the person and those merged into him, `deals` go as rows, `kept_deals` stay
    without him, and `numbers` are those of all that was his.
    """

    clients: Sequence[Client]
    deals: Sequence[Deal]
    kept_deals: Sequence[Deal]
    numbers: frozenset[int]
    traces: Traces
    at: datetime


ERASERS: list[Callable[[Erasure], None]] = []
# Called with the numbers of deals and of clients.
KEEPERS: list[Callable[[Sequence[int], Sequence[int], datetime], None]] = []
DROPPERS: list[Callable[[datetime], None]] = []


def announce(deals: Sequence[int], clients: Sequence[int], *, at: datetime) -> None:
    """Tell who has to answer for them that these rows go."""
    for keep in KEEPERS:
        keep(deals, clients, at)


def drop_kept() -> None:
    """The round that drops what was kept of erased people for a while."""
    for drop in DROPPERS:
        drop(timezone.now())


@transaction.atomic
def erase_client(
    *,
    client: Client,
    by: User,
    keep_deals: bool,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> None:
    """Erase the client and all that is personal of him, for good.

    With `keep_deals` his deals stay in the figures, without him: amounts, statuses, dates, manager and source.
    Without, they go too. What is left to tell of it are Change rows that name nobody.
    """
    erasure = _begin(client.survivor(), keep_deals=keep_deals, at=at or timezone.now())
    announce([deal.pk for deal in erasure.deals], [one.pk for one in erasure.clients], at=erasure.at)
    for erase in ERASERS:
        erase(erasure)
    _erase_activities(erasure)
    for deal in erasure.kept_deals:
        _strip(deal, erasure)
    _erase_history(erasure)
    pks = [one.pk for one in erasure.clients]
    Deal.objects.filter(pk__in=[deal.pk for deal in erasure.deals]).delete()
    Client.objects.filter(pk__in=pks).update(merged_into=None)  # which is protected from being deleted under another
    Client.objects.filter(pk__in=pks).delete()
    erased = [client.survivor().pk, *(deal.pk for deal in erasure.kept_deals)]
    record(*(Entry(number, Change.Verb.ERASED) for number in erased), by=by, via=via, at=erasure.at)


def _begin(client: Client, *, keep_deals: bool, at: datetime) -> Erasure:
    """Lock the person's rows; leads with his phone or e-mail wait, and make somebody new of him afterwards."""
    contacts = Contact.objects.filter(client=client)
    lock(*(f"{row.kind}:{row.normalised}" for row in contacts if row.normalised))
    clients = list(Client.objects.one_person(client).select_for_update(of=("self",)).order_by("pk"))
    traces = traces_of(clients)
    erase_from_queries(traces)  # before the deals are locked: who works on many of them locks in that order
    deals = list(
        Deal.objects.select_for_update(of=("self",)).select_related("status").filter(client__in=clients).order_by("pk")
    )
    numbers = {row.pk for row in (*clients, *deals)}
    of_his = Q(deal__in=deals) | Q(client__in=clients)
    calls = set(Call.objects.filter(of_his).values_list("pk", flat=True)) | set(_calls_of_nobody(traces))
    for model in (Message, Task):
        numbers |= set(model.objects.filter(of_his | Q(call__in=calls)).values_list("pk", flat=True))
    gone, kept = ([], deals) if keep_deals else (deals, [])
    return Erasure(clients, gone, kept, frozenset(numbers | calls), traces, at)


def _calls_of_nobody(traces: Traces) -> list[int]:
    """Calls that nobody attached, from or to one of the person's phones, in whatever notation."""
    if not traces.phones:
        return []
    rows = Call.objects.unattached().values_list("pk", "caller", "callee").iterator()
    return [pk for pk, *phones in rows if any(traces.has_phone(phone) for phone in phones)]


def _erase_activities(erasure: Erasure) -> None:
    """Comments, tasks and files go. A call on a deal that stays is still counted, without numbers and record."""
    erase_attachments(Q(client__in=erasure.clients) | Q(deal__in=[*erasure.deals, *erasure.kept_deals]))
    of_his = Q(pk__in=erasure.numbers)
    Message.objects.filter(of_his).delete()
    Task.objects.filter(of_his).delete()
    kept = Q(deal__in=erasure.kept_deals)
    Call.objects.filter(kept).update(
        caller="", callee="", raw_status="", file_url="", visit="", marker="", unread={}, outside_id=""
    )
    Call.objects.filter(of_his).exclude(kept).delete()


def _strip(deal: Deal, erasure: Erasure) -> None:
    """Take the person out of a deal that stays."""
    shared = Deal.objects.filter(lost_reason=deal.lost_reason).exclude(client__in=erasure.clients)
    if deal.lost_reason and not shared.exists():
        deal.lost_reason = ""
    if erasure.traces.found_in(deal.visit):
        deal.visit = ""
    deal.title, deal.client, deal.extra = f"#{deal.pk}", None, {}
    values = FieldValue.objects.filter(deal=deal).select_related("field")
    values.filter(pk__in=[value.pk for value in values if _is_personal(value, erasure.traces)]).delete()
    save_with_order(deal, ["title", "client", "extra", "lost_reason", "visit"], at=erasure.at)


def _is_personal(value: FieldValue, traces: Traces) -> bool:
    is_free = value.field.type in FREE_TEXT and value.field.name.casefold() not in MARKETING
    # What could not be read as a number or a date may be anything.
    is_unread = value.field.type in (CustomField.Type.NUMBER, CustomField.Type.DATE) and not (
        value.number is not None or value.date is not None
    )
    return is_free or is_unread or traces.found_in(value.text)


def _erase_history(erasure: Erasure) -> None:
    kept = [deal.pk for deal in erasure.kept_deals]
    changes = Change.objects.filter(number__in=erasure.numbers)
    changes.exclude(number__in=kept).delete()
    told = Change.objects.filter(number__in=kept).exclude(field__in=KEPT_HISTORY)
    told.delete()
    models = ContentType.objects.get_for_models(Client, Deal, Message, Task, Call, Contact).values()
    LogEntry.objects.filter(
        content_type__in=models, object_id__in=[str(number) for number in erasure.numbers]
    ).delete()
