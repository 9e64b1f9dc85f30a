"""A deal's page, read whole: its fragments are pieces of it, cut out by htmx."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from crm.access import get_deal, person
from crm.forms.deal_fields import DealFieldForm
from crm.models import Change, CustomField, Deal, Status
from crm.models.number import LARGEST
from crm.reports import deal_card
from crm.reports.attachments import files_and_contacts
from crm.reports.changes import Teller, Told
from crm.reports.timeline import Asked, count_events, deal_scope, read_timeline
from crm.services.orders import Scheme, write_order
from crm.views.composing import ComposerForm, composer
from crm.views.files import files_url


@dataclass
class Opened:
    """What is open on the page: a field with its form, and what somebody else wrote into it meanwhile; or a form of
    the composer that was not right.
    """

    field: str = ""
    form: DealFieldForm | None = None
    theirs: Told | None = None
    change: Change | None = None
    composer: dict[str, ComposerForm] = dataclasses.field(default_factory=dict)


def show_card(request: HttpRequest, number: int, opened: Opened | None = None, *, status: int = 200) -> HttpResponse:
    """The page of a deal, whole; Http404 where the person sees no such deal."""
    if number > LARGEST:
        raise Http404
    user, opened = person(request), opened or Opened()
    scope = deal_scope(number)
    tally = count_events(scope)  # first: its version must not be newer than what is shown
    deal = get_deal(user, number)
    steps = deal_card.statuses_with_stays(number, timezone.now())
    fields = deal_card.fields_with_texts(number)
    teller = Teller({step.status.pk: step.status for step in steps}, {one.pk: one for one in fields})
    source, others = deal_card.custom_slots(fields)
    where = [deal_card.column_slot(deal, "visit"), *source]
    files, contacts = files_and_contacts(deal)
    context = {
        "deal": deal,
        "version": tally.version,
        "can_write": user.may_write and deal.trashed_at is None,
        "steps": deal_card.ladder(steps, deal.status),
        "endings": _endings(steps, deal),
        "others": deal_card.other_deals(deal, viewer=user),
        "contacts": contacts,
        "files": files,
        "files_url": files_url(deal),
        "file_max_bytes": settings.FILE_MAX_BYTES,
        "profit": deal_card.profit(deal),
        "slots": [deal_card.column_slot(deal, name) for name in _columns(deal)] + others,
        "source_slots": where,
        "facts": deal_card.source_facts(number, [deal_card.change_name(slot.name) for slot in where], teller),
        "kept_aside": deal_card.kept_aside(deal),
        "order": order_of(deal, fields, teller),
        "timeline": read_timeline(scope, tally, Asked.of(request.GET), teller=teller),
        "timeline_url": reverse("deal", args=[number]),
        "asks_for": reverse("deal_task", args=[number]) if deal.status.kind == Status.Kind.OPEN else "",
        **composer(request, deal, contacts, opened.composer),
        "asks_next": "plan" in request.GET,
        "saved": request.GET.get("saved", ""),
        "opened": opened,
    }
    return render(request, "crm/deal.html", context, status=status)


def _columns(deal: Deal) -> list[str]:
    lost = ["lost_reason"] if deal.status.kind == Status.Kind.LOST else []
    return ["price", "cost", "manager", "created_at", *lost]


def _endings(steps: list[deal_card.Step], deal: Deal) -> dict[str, list[Status]]:
    """The statuses that a deal can be won or lost by from where it is."""
    usable = [step.status for step in steps if not step.status.is_archived and step.status != deal.status]
    return {kind: [status for status in usable if status.kind == kind] for kind in ("won", "lost")}


def order_of(deal: Deal, fields: list[CustomField], teller: Teller) -> dict[str, Any]:
    """What the export says of the deal: the text itself, and line by line.

    `fields` are all of them, with the deal's texts. An order that was kept under another scheme is built afresh, as
    the export does it.
    """
    scheme = Scheme.of([(one.pk, one.name) for one in fields])
    if deal.order_scheme != scheme.number:
        texts = [(one.pk, text) for one in fields if (text := getattr(one, "text", None))]
        write_order(deal, texts, scheme=scheme)
    order = orjson.loads(deal.order_json)
    text = orjson.dumps(order, option=orjson.OPT_INDENT_2).decode()
    return {"text": text, "lines": deal_card.order_lines(order, deal, teller)}
