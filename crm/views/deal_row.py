"""A row of the list of deals, and its cells edited in place. Without script a cell leads to the page that edits it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import retarget, trigger_client_event

from crm.access import get_deal, person, writer_required
from crm.forms.deal_cells import cell_form
from crm.models import Change, CustomField, Deal, Status
from crm.reports.changes import Teller
from crm.reports.deal_columns import all_columns, chosen_columns, rows_of, with_columns
from crm.services.conflicts import Conflict
from crm.services.history import last_change
from crm.views.deals import CHOSEN
from crm.views.in_trash import refuse_in_trash
from crm.views.requests import HtmxRequest


@require_safe
def show_row(request: HtmxRequest, number: int) -> HttpResponse:
    """`?edited=` is the cell where the keyboard goes on."""
    deal = get_deal(person(request), number)
    return _row(request, deal, request.GET.get("edited", "")) if request.htmx else redirect(deal)


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def edit_cell(request: HtmxRequest, number: int, name: str) -> HttpResponse:
    """The cell open; sent right, the row as it is then. 409: somebody else was faster, what was typed is kept."""
    user = person(request)
    seen = last_change(number)
    deal = get_deal(user, number)
    if (refusal := refuse_in_trash(request, deal)) is not None:
        return refusal
    try:
        form = cell_form(name, request.POST or None, deal=deal, viewer=user, seen=seen)
    except KeyError as error:
        raise Http404 from error
    if not form.is_bound:
        return _open(request, deal, name, form) if request.htmx else redirect(deal)
    if not form.is_valid():
        return _open(request, deal, name, form, status=422)
    try:
        form.save(by=user)
    except Conflict as conflict:
        form.see(last_change(form.task.pk) if name == "task" else seen)
        return _open(request, deal, name, form, status=409, change=conflict.change, theirs=_told(conflict.change))
    if not request.htmx:
        return redirect(deal)
    return trigger_client_event(_row(request, deal, name), "deal-changed")


def _open(request: HtmxRequest, deal: Deal, name: str, form: Any, *, status: int = 200, **told: Any) -> HttpResponse:
    context = {"deal": deal, "name": name, "form": form, **told}
    answer = render(request, "crm/_deal_cell_form.html", context, status=status)
    # What is right comes back as a row, what is not as the cell that it was sent from.
    return retarget(answer, f"#cell-{deal.pk}-{name}") if form.is_bound else answer


def _told(change: Change | None) -> Any:
    """What somebody else wrote meanwhile, as it is shown."""
    if change is None:
        return None
    return Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk()).tell([change])[change.pk].new


def _row(request: HtmxRequest, deal: Deal, edited: str) -> HttpResponse:
    """With the columns that the person's list has."""
    columns = all_columns(CustomField.objects.usable())
    shown = chosen_columns(columns, request.session.get(CHOSEN, []))
    rows = rows_of(with_columns(Deal.objects.filter(pk=deal.pk), shown), shown)
    return render(request, "deal_rows.html", {"rows": rows, "user": request.user, "edited": edited})
