"""The list of clients, a new one, and whether somebody is known already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.access import person, writer_required
from crm.filters.clients import ClientFilter
from crm.forms.clients import NewClientForm
from crm.models import SavedView
from crm.reports.clients import ClientTotals, totals_of
from crm.reports.counting import COUNTED
from crm.services.known_clients import known_clients
from crm.views.filtering import filter_context
from crm.views.going_back import posted
from crm.views.lists import page_links, page_of
from crm.views.viewing import read_viewing, to_default


@require_safe
def list_clients(request: HttpRequest) -> HttpResponse:
    if (elsewhere := to_default(request, SavedView.Page.CLIENTS)) is not None:
        return elsewhere
    user = person(request)
    viewing = read_viewing(request, SavedView.Page.CLIENTS)
    asked = ClientFilter(viewing.query, user=user)
    viewing.compare(asked)
    rows = asked.clients().select_related("manager").prefetch_related("contacts")
    page = page_of(request, rows, most=COUNTED)
    totals = totals_of(page, viewer=user)
    shown = [(client, totals.get(client.pk, ClientTotals())) for client in page]
    context = {"filter": asked, "page": page, "rows": shown, **page_links(page), **filter_context(viewing)}
    return render(request, "crm/clients.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def new_client(request: HttpRequest) -> HttpResponse:
    """Whoever enters a phone or an e-mail that is known sees so first, and says that it is another client all the
    same.
    """
    user = person(request)
    form = NewClientForm(posted(request), initial={"manager": user, **request.GET.dict()})
    known = None
    if request.method == "POST" and form.is_valid():
        known = known_clients(phones=[form.cleaned_data["phone"]], emails=[form.cleaned_data["email"]], viewer=user)
        if not known or "anyway" in request.POST:
            client = form.create(by=user)
            messages.success(request, _("The client “%(client)s” is in the list now.") % {"client": client})
            return redirect("client", client.pk)
    return render(request, "crm/client_new.html", {"form": form, "known": known})


@require_safe
def show_known_client(request: HttpRequest) -> HttpResponse:
    """A warning while a phone or an e-mail is typed; an empty answer where nobody is known by it."""
    client = request.GET.get("client", "")
    known = known_clients(
        phones=request.GET.getlist("phone"),
        emails=request.GET.getlist("email"),
        viewer=person(request),
        but=int(client) if client.isdecimal() and len(client) < 19 else None,
    )
    return render(request, "crm/_known_client.html", {"known": known})
