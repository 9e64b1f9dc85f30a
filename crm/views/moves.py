"""Moves of a deal from status to status, from the board, the deal's page or a page of their own."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.access import get_deal, person, writer_required
from crm.forms.deals import LOST_REASONS_OFFERED, MoveForm
from crm.models import Deal, Status, User
from crm.services.conflicts import Conflict
from crm.services.history import last_change
from crm.services.undoing import MOVE, start_batch
from crm.views.board_reading import query_of_page, read_board
from crm.views.going_back import go_back, next_address
from crm.views.in_trash import refuse_in_trash
from crm.views.requests import HtmxRequest
from crm.views.undoing import offer_undo


@require_http_methods(["GET", "POST"])
@writer_required
def move(request: HtmxRequest, number: int) -> HttpResponse:
    """GET: where to. POST: go there; a loss asks for its reason first."""
    user = person(request)
    seen = last_change(number)
    deal = get_deal(user, number)
    if (refusal := refuse_in_trash(request, deal)) is not None:
        return refusal
    form = MoveForm(request.POST if request.method == "POST" else None, deal=deal)
    context = {"deal": deal, "form": form, "seen": seen, "next": next_address(request, deal)}
    if not form.is_bound or (not form.is_valid() and "status" in form.errors):
        return _ask_where_to(request, context)
    if form.errors or form.asks_for_reason:
        return _ask_for_reason(request, context | {"reasons": common_reasons(user)})
    try:
        _save(request, form)
    except Conflict as conflict:
        messages.warning(request, _overtaken(deal, conflict))
        if not _from_board(request):
            return _ask_where_to(request, context | {"deal": get_deal(user, number)}, status=409)
    return _show_on_board(request, deal) if _from_board(request) else go_back(request, deal)


@transaction.atomic
def _save(request: HtmxRequest, form: MoveForm) -> None:
    user = person(request)
    batch = start_batch(kind=MOVE, by=user)
    deal = form.save(by=user, batch=batch)
    offer_undo(request, _("“%(deal)s” is in “%(status)s” now.") % {"deal": deal, "status": deal.status}, batch)


def _from_board(request: HtmxRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and "board" in request.POST


def _ask_where_to(request: HtmxRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page with all statuses. What it is sent with knows of every move until now."""
    return render(request, "crm/deal_move.html", context | {"statuses": Status.objects.usable()}, status=status)


def _ask_for_reason(request: HtmxRequest, context: dict[str, Any]) -> HttpResponse:
    if not _from_board(request):
        return render(request, "crm/deal_lose.html", context)
    status = 422 if context["form"].errors else 200
    here = {"on_board": True, "next": reverse("board")}
    response = render(request, "crm/_lose_form.html", context | here, status=status)
    # Settled at once: Enter may be pressed the moment that the question appears.
    response["HX-Retarget"], response["HX-Reswap"] = "#lose", "innerHTML settle:0ms"
    return response


def _show_on_board(request: HtmxRequest, deal: Deal) -> HttpResponse:
    """The card where it stands now, and the figures of all columns."""
    board = read_board(request, query_of_page(request))
    return render(request, "crm/_board_moved.html", {"board": board, "deal": deal, "cards": board.cards_of(deal.pk)})


def common_reasons(user: User) -> list[str]:
    """What deals were mostly lost for, for the next one to be lost by one click."""
    lost = Deal.objects.visible_to(user).filter(status__kind=Status.Kind.LOST).exclude(lost_reason="")
    ranked = lost.order_by().values("lost_reason").annotate(n=Count("pk")).order_by("-n", "lost_reason")
    return [row["lost_reason"] for row in ranked[:LOST_REASONS_OFFERED]]


def _overtaken(deal: Deal, conflict: Conflict) -> str:
    status = Status.objects.filter(pk=conflict.theirs).first()
    who = conflict.change and conflict.change.by
    if who is None:
        return _("“%(deal)s” was moved to “%(status)s” meanwhile: look again.") % {"deal": deal, "status": status}
    return _("%(who)s moved “%(deal)s” to “%(status)s” meanwhile: look again.") % {
        "who": who,
        "deal": deal,
        "status": status,
    }
