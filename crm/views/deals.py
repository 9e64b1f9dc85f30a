"""The list of deals, and a new one."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from crm.access import person, writer_required
from crm.filters.deals import DealListFilter
from crm.forms.new_deal import NewDealForm, clients_found
from crm.models import CustomField, Deal, SavedView, Status, User
from crm.models.deal import DealQuerySet
from crm.models.number import NumberedRows
from crm.reports.counting import COUNTED
from crm.reports.deal_columns import (
    DealColumn,
    all_columns,
    chosen_columns,
    is_newest_first,
    rows_of,
    sort_deals,
    with_columns,
)
from crm.reports.deals import Figures, FiguresToCome, count_few, count_list
from crm.views.filtering import filter_context, tidy_address
from crm.views.last_view import last_view_url, remember_view
from crm.views.lists import page_links, page_of
from crm.views.viewing import Viewing, read_viewing, to_default

CHOSEN = "deal_columns"  # in the session
EXACTLY = "exactly"  # in the address: count all, however many


@require_safe
def list_deals(request: HttpRequest) -> HttpResponse:
    if (elsewhere := tidy_address(request) or to_default(request, SavedView.Page.DEALS)) is not None:
        return elsewhere
    viewing = read_viewing(request, SavedView.Page.DEALS)
    user = person(request)
    fields = CustomField.on_offer()
    statuses = Status.but_deleted()
    visible = Deal.objects.visible_to(user).present()
    chosen = DealListFilter(viewing.query, visible, user=user, fields=fields, statuses=statuses)
    columns = all_columns(fields)
    shown = chosen_columns(columns, _chosen_keys(request, viewing))
    viewing.keep(columns=[column.key for column in shown])
    viewing.compare(chosen.form, [column.key for column in columns])
    figures = _figures(chosen, user, exactly=EXACTLY in request.GET)
    sort = viewing.query.get("sort", "")
    page = page_of(request, _in_order(chosen, visible, columns, shown, sort), count=figures.count, most=COUNTED)
    context = {
        "filter": chosen,
        "figures": figures,
        "most": COUNTED,
        "total": visible[: COUNTED + 1].count,
        "columns": columns,
        "shown": shown,
        "sort": sort,
        "page": page,
        "rows": rows_of(page, shown),
        **page_links(page),
        **filter_context(viewing),
    }
    return remember_view(render(request, "crm/deals.html", context), "deals")


def _in_order(
    chosen: DealListFilter, visible: DealQuerySet, columns: list[DealColumn], shown: list[DealColumn], sort: str
) -> QuerySet[Deal] | NumberedRows[Deal]:
    """The deals that pass the filter, as they are sorted, with all that their rows show."""
    if chosen.are_hits and is_newest_first(columns, sort):
        return NumberedRows(sort_deals(with_columns(visible, shown), columns, sort), chosen.hits)
    return sort_deals(with_columns(chosen.qs, shown), columns, sort)


def _figures(chosen: DealListFilter, user: User, *, exactly: bool) -> Figures | FiguresToCome:
    """What the list says of its deals; unless `exactly`, of very many what stands there until the page asks for it."""
    if "q" not in chosen.chosen:
        return count_list(chosen.asked, user=user, exactly=exactly)
    if chosen.are_hits and chosen.is_cut and not exactly:
        return FiguresToCome(len(chosen.hits))
    return count_few(chosen.asked)


@require_safe
def show_figures(request: HttpRequest) -> HttpResponse:
    """How many deals the list has, exactly: the page asks for it where it did not count that far itself."""
    user = person(request)
    fields = CustomField.on_offer()
    statuses = Status.but_deleted()
    visible = Deal.objects.visible_to(user).present()
    chosen = DealListFilter(request.GET, visible, user=user, fields=fields, statuses=statuses)
    figures = _figures(chosen, user, exactly=True)
    context = {"filter": chosen, "figures": figures, "oob": True}
    return render(request, "crm/_deal_figures.html", context)


def _chosen_keys(request: HttpRequest, viewing: Viewing) -> list[str]:
    """The columns that the view or the address names, or those that the person named last. Those of a view are not
    taken for his own choice.
    """
    asked = viewing.query.get("columns", "")
    if asked and viewing.origin is not None:
        return asked.split(",")
    if asked:
        request.session[CHOSEN] = asked.split(",")
    keys: list[str] = request.session.get(CHOSEN, [])
    return keys


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def new_deal(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NewDealForm(request.POST or None, user=user, initial=request.GET.dict())
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        return redirect(form.save(by=user))
    asked = request.method == "POST" and "find" not in request.POST
    context = {"form": form, "back": last_view_url(request), "clients": clients_found(user, form.searched)}
    return render(request, "crm/deal_new.html", context, status=422 if asked else 200)


@require_safe
def offer_clients(request: HttpRequest) -> HttpResponse:
    """The clients that the typed text may mean, to pick one of for a new deal."""
    clients = clients_found(person(request), request.GET.get("search", ""))
    return render(request, "crm/_client_offers.html", {"clients": clients})
