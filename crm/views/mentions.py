"""Whom a comment can name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import person
from crm.filters.mentions import find_colleagues
from crm.views.subjects import named_subject


@require_safe
def offer_colleagues(request: HttpRequest) -> HttpResponse:
    """Those whose name begins with `q` and who may see what `?deal=`, `?client=` or `?call=` names."""
    subject, text = named_subject(request), request.GET.get("q", "")
    offers = find_colleagues(text, on=subject, viewer=person(request)) if subject else []
    return render(request, "crm/_mentions_offered.html", {"offers": offers})
