"""The list of calls, and what becomes of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_call, person, writer_required
from crm.filters.calls import CallFilter, CallState
from crm.forms.subjects import SubjectForm
from crm.models import Deal
from crm.reports.counting import COUNTED, count_each
from crm.reports.subjects_seen import SUBJECTS, UNSAID
from crm.services.calls import attach_call, deal_of_call, firm_phones, other_side
from crm.views.going_back import go_back, next_address, posted
from crm.views.lists import page_links, page_of


@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    user = person(request)
    asked = CallFilter(request.GET, user=user)
    of_all = asked.calls_of_all_states()
    counted = count_each(
        {"all": of_all} | {state.value: of_all.filter(state.condition) for state in CallState}, user=user
    )
    rows = asked.calls().select_related(*SUBJECTS, "manager").defer(*UNSAID)
    page = page_of(request, rows, count=counted[asked.state or "all"], most=COUNTED)
    firm = firm_phones()
    context = {
        "filter": asked,
        "page": page,
        "rows": [(call, other_side(call, firm)) for call in page],
        "counts": [(state, counted[state.value]) for state in CallState],
        "total": counted["all"],
        **page_links(page),
    }
    return render(request, "crm/calls.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def attach(request: HttpRequest, number: int) -> HttpResponse:
    """Put a call on a deal or a client that is found by number, title, name or phone."""
    user = person(request)
    call = get_call(user, number)
    phone = other_side(call, firm_phones())
    form = SubjectForm(posted(request), user=user, initial={"find": phone})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        attach_call(call=call, to=on, by=user)
        messages.success(request, _("The call is on “%(subject)s” now.") % {"subject": on})
        return go_back(request, "calls")
    context = {"call": call, "phone": phone, "form": form, "next": next_address(request, "calls")}
    return render(request, "crm/call_attach.html", context)


@require_POST
@writer_required
def detach(request: HttpRequest, number: int) -> HttpResponse:
    """Take a call off what it was put on by mistake."""
    user = person(request)
    attach_call(call=get_call(user, number), to=None, by=user)
    messages.success(request, _("The call is of nobody again."))
    return go_back(request, "calls")


@require_POST
@writer_required
def make_deal(request: HttpRequest, number: int) -> HttpResponse:
    """Leads to the deal, unless it fell to a colleague: then whoever sees only his own deals stays where he was."""
    user = person(request)
    deal = deal_of_call(call=get_call(user, number), by=user)
    if Deal.objects.visible_to(user).filter(pk=deal.pk).exists():
        messages.success(request, _("The deal #%(number)d is made of the call.") % {"number": deal.pk})
        return redirect("deal", deal.pk)
    messages.success(request, _("The deal is made. It went to the colleague whose client called."))
    return go_back(request, "calls")
