"""Settings → Integrations → Log of calls: what the accounts asked for, how it ended, one call in full, and a
failed write sent again.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics_api.call_log import as_lines
from analytics_api.models import CallLog
from analytics_api.pages.filters import CallFilter
from analytics_api.pages.replaying import is_failed_write, replay, why_not
from crm.access import administrator_required, person
from crm.models.number import LARGEST
from crm.services.subjects import find_subject
from crm.views.lists import keyed_page


@administrator_required
@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    """The latest first, paged by keys."""
    asked = CallFilter(request.GET, user=person(request))
    shown, before = keyed_page(asked.calls().select_related("integration__user", "by").defer("parameters"))
    context = {"filter": asked, "calls": shown, "before": before}
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
        "replay": CallLog.objects.filter(replay_of=call).first(),
    }
    if is_failed_write(call) and context["replay"] is None:
        context |= {"lost": True, "why_not": why_not(call)}
    return render(request, "crm/settings_integrations_call.html", context)


@administrator_required
@require_POST
def replay_call(request: HttpRequest, number: int) -> HttpResponse:
    """Leads to what came of it; a second click to what came of the first."""
    call = get_call(number)
    try:
        row, is_new = replay(call=call, by=person(request), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("settings_integrations_call", call.pk)
    if not is_new:
        messages.info(request, _("It was sent again already: this is what came of it."))
    elif row.failed:
        messages.error(request, _("It failed again."))
    else:
        messages.success(request, _("It was sent again."))
    return redirect("settings_integrations_call", row.pk)


def get_call(number: int) -> CallLog:
    rows = CallLog.objects.select_related("integration__user", "by", "replay_of")
    return get_object_or_404(rows, pk=min(number, LARGEST))
