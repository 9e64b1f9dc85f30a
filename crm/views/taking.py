"""A deal of nobody's is taken by who is first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.access import get_lead, person, writer_required
from crm.services.leads import TakenError, take_deal
from crm.views.going_back import go_back
from crm.views.in_trash import refuse_in_trash
from crm.views.notifications import BELL_CHANGED
from crm.views.requests import HtmxRequest


@require_POST
@writer_required
def take(request: HtmxRequest, number: int) -> HttpResponse:
    """By htmx the page stays as it is and is told what became of it; else one goes to the deal that is now his own."""
    deal = get_lead(person(request), number)
    if (refusal := refuse_in_trash(request, deal)) is not None:
        return refusal
    try:
        deal = take_deal(deal=deal, by=person(request))
    except TakenError as error:
        faster = {"who": error.deal.manager, "deal": deal}
        messages.warning(request, _("%(who)s was faster: “%(deal)s” is taken.") % faster)
        return _stay(request, status=409) if request.htmx else go_back(request, "notifications")
    if not request.htmx:
        messages.success(request, _("The deal is yours now."))
        return redirect(deal)
    link = format_html('<a href="{}">{}</a>', deal.get_absolute_url(), deal)
    messages.success(request, format_html(_("The deal is yours now: {}"), link))
    return _stay(request, status=200)


def _stay(request: HtmxRequest, *, status: int) -> HttpResponse:
    response = render(request, "crm/_toasts.html", status=status)
    response["HX-Trigger"] = BELL_CHANGED
    return response
