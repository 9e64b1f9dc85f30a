"""Many deals at once: chosen on the list, looked at, done, undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_bulk, person, writer_required
from crm.filters.deals import DealListFilter
from crm.forms.bulk import deed_form, first_words
from crm.models import Bulk, CustomField, Deal, Status, User
from crm.models.number import LARGEST
from crm.services.bulk import MOST, look_ahead, prepare_bulk, say_bulk, start_bulk, undo_bulk
from crm.services.deeds import is_said, read_deed
from crm.views.bulk_telling import Names, heading_of, kept_groups, left_groups, told_left
from crm.views.lists import page_links, page_of


@require_POST
@writer_required
def prepare(request: HttpRequest) -> HttpResponse:
    """What the list sends: `number`s, or `all` that the filter in `query` finds; `deed`, a choice behind its colon."""
    user = person(request)
    query = QueryDict(request.POST.get("query", "").removeprefix("?"))
    deed, _colon, choice = request.POST.get("deed", "").partition(":")
    numbers = _numbers(request, user, query)
    if refusal := _refusal(numbers):
        messages.warning(request, refusal)
        return redirect(_list_address(query.urlencode()))
    try:
        said = first_words(Bulk.Deed(deed), choice)
    except ValueError as error:
        raise Http404 from error
    bulk = prepare_bulk(deed=deed, numbers=numbers, by=user, parameters=said, query=query.urlencode())
    form = _form(bulk, said, user)
    if said and form is not None and form.is_valid():
        say_bulk(bulk=bulk, parameters=form.parameters)
    return redirect("deal_bulk", bulk.pk)


def _numbers(request: HttpRequest, user: User, query: QueryDict) -> list[int]:
    """The deals that were chosen, one more than may be at most."""
    deals = Deal.objects.visible_to(user).present()
    if "all" in request.POST:
        fields = list(CustomField.objects.usable())
        statuses = Status.but_deleted()
        deals = DealListFilter(query, deals, user=user, fields=fields, statuses=statuses).qs
    else:
        named = [text for text in request.POST.getlist("number") if text.isdecimal() and len(text) < len(str(LARGEST))]
        deals = deals.filter(pk__in=map(int, named))
    return list(deals.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _refusal(numbers: list[int]) -> str:
    if not numbers:
        return _("Choose some deals first.")
    return _("That is more than %(most)d deals: narrow the filter.") % {"most": MOST} if len(numbers) > MOST else ""


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def show_bulk(request: HttpRequest, number: int) -> HttpResponse:
    """What is to be done, is being done, or was done. POST says what, while it has not begun."""
    user = person(request)
    bulk = get_bulk(user, number)
    form = _form(bulk, request.POST if request.method == "POST" else None, user)
    if request.method == "POST" and form is not None and form.is_valid():
        say_bulk(bulk=bulk, parameters=form.parameters)
        return redirect("deal_bulk", bulk.pk)
    context: dict[str, Any] = {
        "bulk": bulk,
        "form": form,
        "heading": heading_of(bulk, Names()),
        "back": _list_address(bulk.query),
        "left": left_groups(bulk, viewer=user),
        "kept": kept_groups(bulk, viewer=user),
    }
    deed = read_deed(bulk) if bulk.state == Bulk.State.PREPARED and is_said(bulk) else None
    if deed is not None and not (form is not None and form.errors):
        outlook = look_ahead(bulk, deed)
        context |= {"outlook": outlook, "outlook_left": told_left(outlook.left)}
    return render(request, "crm/bulk.html", context, status=422 if form is not None and form.errors else 200)


def _form(bulk: Bulk, data: Any, user: User) -> Any:
    """The form of what has not begun; None where there is nothing to say."""
    if bulk.state != Bulk.State.PREPARED:
        return None
    try:
        return deed_form(bulk, data, viewer=user)
    except KeyError as error:
        raise Http404 from error


@require_POST
@writer_required
def start(request: HttpRequest, number: int) -> HttpResponse:
    start_bulk(bulk=get_bulk(person(request), number))
    return redirect("deal_bulk", number)


@require_POST
@writer_required
def undo(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    undo_bulk(bulk=get_bulk(user, number), by=user)
    return redirect("deal_bulk", number)


@require_safe
def list_bulks(request: HttpRequest) -> HttpResponse:
    """What was done to many deals at once, the latest first."""
    started = Bulk.objects.visible_to(person(request)).started()
    page = page_of(request, started.briefly().select_related("by", "batch").order_by("-pk"), size=30)
    names = Names()
    rows = [(bulk, heading_of(bulk, names)) for bulk in page]
    return render(request, "crm/bulks.html", {"page": page, "rows": rows, **page_links(page)})


def _list_address(query: str) -> str:
    return reverse("deals") + (f"?{query}" if query else "")
