"""Settings → Log-ins: who logged in, who tried to, and who is locked out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.access import administrator_required, person
from crm.models import SignIn
from crm.models.number import LARGEST
from crm.reports.sign_ins import browser_in_words
from crm.services.sign_ins import locked_names, safe_names, unlock
from crm.views.lists import keyed_page

FAILED = "failed"


@administrator_required
@require_safe
def list_sign_ins(request: HttpRequest) -> HttpResponse:
    """The latest first, paged by keys."""
    rows, before = SignIn.objects.select_related("person"), request.GET.get("before", "")
    only = FAILED if request.GET.get("only") == FAILED else ""
    if only:
        rows = rows.exclude(outcome=SignIn.Outcome.SUCCESS)
    if before.isdecimal() and len(before) < len(str(LARGEST)):
        rows = rows.filter(pk__lt=int(before))
    shown, earlier = keyed_page(rows)
    context = {
        "rows": [(row, browser_in_words(row.agent)) for row in shown],
        "before": earlier,
        "only": only,
        "locked": _locked(),
    }
    return render(request, "crm/settings_sign_ins.html", context)


@administrator_required
@require_POST
def open_again(request: HttpRequest, number: int) -> HttpResponse:
    attempt = get_object_or_404(locked_names(), pk=min(number, LARGEST))
    unlock(attempt=attempt, by=person(request))
    name = safe_names([attempt.username])[attempt.username]
    messages.success(request, _("%(login)s can try again.") % {"login": name})
    return redirect("settings_sign_ins")


def _locked() -> list[tuple[Any, str]]:
    """What is locked now, each with its name as it may be shown."""
    locked = list(locked_names())
    names = safe_names([attempt.username for attempt in locked]) if locked else {}
    return [(attempt, names[attempt.username]) for attempt in locked]
