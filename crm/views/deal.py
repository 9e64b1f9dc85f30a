"""The page of a deal, and what is written on it."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_deal, person, writer_required
from crm.forms.deal_fields import DealFieldForm
from crm.models import CustomField, Deal, Status
from crm.reports.changes import Teller, Told
from crm.services.conflicts import Conflict
from crm.services.deals import restore_deal, trash_deal
from crm.services.history import last_change
from crm.services.undoing import TRASH, start_batch
from crm.views.composing import composer_form
from crm.views.deal_reading import Opened, show_card
from crm.views.going_back import go_back
from crm.views.in_trash import refuse_in_trash
from crm.views.undoing import offer_undo


@require_safe
def show_deal(request: HttpRequest, number: int) -> HttpResponse:
    """`?kind=` and `?before=` choose what of the timeline is shown, `?compose=` the tab of the composer."""
    return show_card(request, number)


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def edit_field(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """The page with one field open. A conflict (409) shows the other's value beside what was typed."""
    user = person(request)
    seen = last_change(number)
    deal = get_deal(user, number)
    if (refusal := refuse_in_trash(request, deal)) is not None:
        return refusal
    try:
        form = DealFieldForm(request.POST or None, deal=deal, name=name, viewer=user, seen=seen)
    except KeyError as error:
        raise Http404 from error
    opened = Opened(field=name, form=form)
    if request.method != "POST":
        return show_card(request, number, opened)
    if not form.is_valid():
        return show_card(request, number, opened, status=422)
    try:
        form.save(by=user)
    except Conflict as conflict:
        form.see(seen)
        opened.change = conflict.change
        opened.theirs = _told(conflict)
        return show_card(request, number, opened, status=409)
    return _back_to(deal, name if "HX-Request" in request.headers else "")


def _told(conflict: Conflict) -> Told | None:
    if conflict.change is None:
        return None
    teller = Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk())
    return teller.tell([conflict.change])[conflict.change.pk]


def _back_to(deal: Deal, saved: str) -> HttpResponse:
    """The deal's page; `saved` is the field where the keyboard goes on."""
    address = reverse("deal", args=[deal.pk])
    return redirect(f"{address}?{urlencode({'saved': saved})}" if saved else address)


@require_POST
@writer_required
def compose(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """A comment, a task or a call, by the form of this kind; what is not right comes back as it was typed."""
    user = person(request)
    deal = get_deal(user, number)
    if (refusal := refuse_in_trash(request, deal)) is not None:
        return refusal
    form = composer_form(kind, deal, user, request.POST)
    if not form.is_valid():
        return show_card(request, number, Opened(composer={kind: form}), status=422)
    form.save(subject=deal, by=user)
    return go_back(request, deal)


@require_POST
@writer_required
def trash(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    deal = get_deal(user, number)
    with transaction.atomic():
        batch = start_batch(kind=TRASH, by=user)
        trash_deal(deal=deal, by=user, batch=batch)
        offer_undo(request, _("“%(deal)s” is in the trash.") % {"deal": deal}, batch)
    return _back_to(deal, "")


@require_POST
@writer_required
def restore(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    deal = restore_deal(deal=get_deal(user, number), by=user)
    messages.success(request, _("“%(deal)s” is back where it was.") % {"deal": deal})
    return _back_to(deal, "")
