"""The card of a client."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_client, person, writer_required
from crm.forms.clients import ClientFieldForm, ContactsForm
from crm.models import Client, CustomField, Deal, Status, User
from crm.reports.attachments import files_of
from crm.reports.changes import Teller
from crm.reports.clients import ClientTotals, totals_of
from crm.reports.timeline import Asked, client_scope, count_events, read_timeline
from crm.services.clients import restore_client, trash_client
from crm.services.conflicts import Conflict
from crm.services.undoing import TRASH, start_batch
from crm.views.composing import ComposerForm, composer, composer_form
from crm.views.files import files_url
from crm.views.in_trash import refuse_in_trash
from crm.views.undoing import offer_undo

DEALS_SHOWN = 50
DUPLICATES_SHOWN = 3

EDIT = ["GET", "HEAD", "POST"]


@require_safe
def show_client(request: HttpRequest, number: int) -> HttpResponse:
    client = get_client(person(request), number)
    if client.pk != number:
        return redirect("client", client.pk)
    return show_card(request, client)


def show_card(
    request: HttpRequest,
    client: Client,
    *,
    status: int = 200,
    typed: Mapping[str, ComposerForm] | None = None,
    **context: Any,
) -> HttpResponse:
    """The whole page; `typed` is a form of the composer that was not right, `context` adds a field that is open."""
    user = person(request)
    prefetch_related_objects([client], "contacts")
    scope = client_scope(client, viewer=user)
    teller = Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk())
    deals = Deal.objects.visible_to(user).present().filter(client=client).select_related("status", "manager")
    return render(
        request,
        "crm/client.html",
        {
            "client": client,
            "field_names": ClientFieldForm.Meta.fields,
            "deals": deals.order_by("-created_at", "-pk")[:DEALS_SHOWN],
            "totals": totals_of([client], viewer=user).get(client.pk, ClientTotals()),
            "duplicates": duplicates_of(client, user),
            "files": files_of(client),
            "files_url": files_url(client),
            "file_max_bytes": settings.FILE_MAX_BYTES,
            "timeline": read_timeline(scope, count_events(scope), Asked.of(request.GET), teller=teller),
            "can_write": user.may_write and client.trashed_at is None,
            "timeline_url": reverse("client", args=[client.pk]),
            **composer(request, client, client.contacts.all(), typed or {}),
            **context,
        },
        status=status,
    )


def duplicates_of(client: Client, viewer: User) -> list[Client]:
    duplicates = Client.objects.probable_duplicates_of(client).visible_to(viewer)
    return list(duplicates.order_by("pk")[:DUPLICATES_SHOWN])


@require_POST
@writer_required
def compose(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Write a comment, plan a task or note a call on the client."""
    user = person(request)
    client = get_client(user, number)
    if (refusal := refuse_in_trash(request, client)) is not None:
        return refusal
    form = composer_form(kind, client, user, request.POST)
    if not form.is_valid():
        return show_card(request, client, status=422, typed={kind: form})
    form.save(subject=client, by=user)
    return redirect("client", client.pk)


@require_http_methods(EDIT)
@writer_required
def edit_field(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One field of the client, open to be edited; saved, it is shown again. Without script the card is around it."""
    user = person(request)
    client = get_client(user, number)
    if (refusal := refuse_in_trash(request, client)) is not None:
        return refusal
    if name not in ClientFieldForm.Meta.fields:
        raise Http404
    form, status = ClientFieldForm(instance=client, name=name), 200
    theirs = None
    if request.method == "POST":
        form, status = ClientFieldForm(request.POST, instance=client, name=name), 422
        if form.is_valid():
            try:
                client = form.save_field(by=user)
            except Conflict as conflict:
                status, theirs = 409, conflict.theirs
                client = get_client(user, number)
                form.see_again(client)
            else:
                return _show_again(request, client, "crm/_client_field_saved.html", {"name": name})
    context: dict[str, Any] = {"editing": name, "field_form": form, "theirs": theirs, "conflict": status == 409}
    if request.headers.get("HX-Request"):
        return render(request, "crm/_client_field.html", {"client": client, "name": name, **context}, status=status)
    return show_card(request, get_client(user, number), status=status, **context)


@require_http_methods(EDIT)
@writer_required
def edit_contacts(request: HttpRequest, number: int) -> HttpResponse:
    """All phones and e-mails of the client. The buttons of a line (up, remove) save too and leave the form open."""
    user = person(request)
    client = get_client(user, number)
    if (refusal := refuse_in_trash(request, client)) is not None:
        return refusal
    form, status, conflict = ContactsForm(client=client), 200, False
    if request.method == "POST":
        form, status = ContactsForm(request.POST, client=client), 422
        if form.is_valid():
            try:
                form.save_contacts(by=user)
            except Conflict:
                status, conflict = 409, True
            else:
                client = get_client(user, number)
                if "do" not in request.POST:
                    return _show_again(request, client, "crm/_client_contacts.html", {})
                form, status = ContactsForm(client=client), 200
    context: dict[str, Any] = {"editing": "contacts", "contacts_form": form, "conflict": conflict}
    if request.headers.get("HX-Request"):
        return render(request, "crm/_client_contacts.html", {"client": client, **context}, status=status)
    return show_card(request, client, status=status, **context)


def _show_again(request: HttpRequest, client: Client, template: str, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, template, {"client": client, **context})
    return redirect("client", client.pk)


@require_POST
@writer_required
def trash(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    client = get_client(user, number)
    with transaction.atomic():
        batch = start_batch(kind=TRASH, by=user)
        trash_client(client=client, by=user, batch=batch)
        offer_undo(request, _("“%(client)s” is in the trash.") % {"client": client}, batch)
    return redirect("client", client.pk)


@require_POST
@writer_required
def restore(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    client = restore_client(client=get_client(user, number), by=user)
    messages.success(request, _("“%(client)s” is in the list again.") % {"client": client})
    return redirect("client", client.pk)
