"""Settings → Integrations → Log of calls: what the accounts asked for, how it ended, and one call in full."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analytics_api.call_log import as_lines
from analytics_api.models import CallLog
from analytics_api.pages.filters import CallFilter
from crm.access import administrator_required, person
from crm.services.subjects import LARGEST, find_subject
from crm.views.lists import ROWS_A_PAGE


@administrator_required
@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    """The latest first, paged by keys: what comes meanwhile shifts nothing."""
    asked = CallFilter(request.GET, user=person(request))
    rows = list(asked.calls().select_related("integration__user", "by").defer("parameters")[: ROWS_A_PAGE + 1])
    shown, more = rows[:ROWS_A_PAGE], len(rows) > ROWS_A_PAGE
    context = {"filter": asked, "calls": shown, "before": shown[-1].pk if more else None}
    return render(request, "crm/settings_integrations_calls.html", context)


@administrator_required
@require_safe
def show_call(request: HttpRequest, number: int) -> HttpResponse:
    """With its parameters as they are kept, and what it wrote as a link to where that stands now."""
    call = get_call(number)
    context = {
        "call": call,
        "parameters": [(name, as_lines(text)) for name, text in call.parameters.items()],
        "subject": find_subject(call.number) if call.number else None,
    }
    return render(request, "crm/settings_integrations_call.html", context)


def get_call(number: int) -> CallLog:
    rows = CallLog.objects.select_related("integration__user", "by", "replay_of", "replay")
    return get_object_or_404(rows, pk=min(number, LARGEST))
