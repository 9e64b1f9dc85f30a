"""The board: a page, and what it asks for while it is looked at."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.access import person, writer_required
from crm.forms.new_deal import QuickDealForm
from crm.models import CustomField, SavedView
from crm.reports.board import CARDS_A_COLUMN
from crm.views.board_reading import MOST_CARDS, Board, latest_change, query_of_page, read_board, version
from crm.views.filtering import filter_context, tidy_address
from crm.views.last_view import remember_view
from crm.views.requests import HtmxRequest
from crm.views.viewing import read_viewing, to_default


@require_GET
def show_board(request: HtmxRequest) -> HttpResponse:
    elsewhere = tidy_address(request) or to_default(request, SavedView.Page.BOARD)
    return elsewhere or remember_view(_page(request), "board")


@require_GET
def show_changes(request: HtmxRequest) -> HttpResponse:
    """The columns anew if something changed since the version that was `seen`, else 204."""
    if request.GET.get("seen") == version(latest_change()):
        return HttpResponse(status=204)
    board = read_board(request, request.GET)
    board.fill(limit=_limit(request))
    return render(request, "crm/_board_columns.html", {**_beginning(board), "fresh": True})


@require_GET
def show_column(request: HtmxRequest, status: int) -> HttpResponse:
    """The cards of a column that follow the card `after`: a fragment, or a page of its own without script."""
    board = read_board(request, request.GET)
    column = next((one for one in board.columns if one.status.pk == status), None)
    if column is None:
        raise Http404
    try:
        column.cards, column.more = board.next_cards(column, request.GET.get("after", ""))
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    template = "crm/_board_cards.html" if request.htmx else "crm/board_column.html"
    return render(request, template, {"board": board, "column": column})


@require_POST
@writer_required
def add_deal(request: HtmxRequest) -> HttpResponse:
    """The quick deal on top of the first column. What was typed stays until it is saved."""
    form = QuickDealForm(request.POST, fields=CustomField.on_offer())
    query = query_of_page(request) if request.htmx else request.GET
    if not form.is_valid():
        return _show_wrong(request, form, query)
    deal = form.save(by=person(request))
    board = read_board(request, query)
    cards = board.cards_of(deal.pk)
    if not cards:
        messages.info(request, _("The deal “%(deal)s” is made; the filter hides it.") % {"deal": deal})
    if not request.htmx:
        return HttpResponseRedirect(f"{reverse('board')}{board.query_text}")
    context = {**_beginning(board), "is_open": True, "deal": deal, "cards": cards}
    return render(request, "crm/_board_added.html", context)


def _show_wrong(request: HtmxRequest, form: QuickDealForm, query: QueryDict) -> HttpResponse:
    if not request.htmx:
        return _page(request, form)
    context = {"board": read_board(request, query), "quick_form": form}
    return render(request, "crm/_quick_deal.html", context, status=422)


def _page(request: HtmxRequest, quick_form: QuickDealForm | None = None) -> HttpResponse:
    viewing = read_viewing(request, SavedView.Page.BOARD)
    board = read_board(request, viewing.onward)
    board.fill()
    viewing.compare(board.filter.form)
    return render(request, "crm/board.html", _beginning(board, quick_form) | filter_context(viewing))


def _beginning(board: Board, quick_form: QuickDealForm | None = None) -> dict[str, object]:
    """A board, and the form that a deal begins with on it."""
    return {"board": board, "quick_form": quick_form or QuickDealForm(fields=board.fields)}


def _limit(request: HtmxRequest) -> int:
    """How many cards a column is to show, as many as were loaded already."""
    asked = request.GET.get("limit", "")
    limit = int(asked) if asked.isdecimal() and len(asked) <= len(str(MOST_CARDS)) else CARDS_A_COLUMN
    return min(max(limit, CARDS_A_COLUMN), MOST_CARDS)
