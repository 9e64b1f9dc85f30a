"""The search box and its page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from crm.access import person
from crm.filters.search import find
from crm.models import Call
from crm.services.subjects import Subject

IN_THE_BOX = 6
ON_THE_PAGE = 50


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What `q` leads to: under the box as one types (htmx), else on a page; "#803" leads straight to the record."""
    in_the_box = request.headers.get("HX-Target") == "found"
    found = find(request.GET.get("q", ""), user=person(request), limit=IN_THE_BOX if in_the_box else ON_THE_PAGE)
    if found.subject and found.text.startswith("#") and not in_the_box:
        return redirect(page_of(found.subject))
    context = {
        "found": found,
        "search_text": found.text,
        "subject_url": page_of(found.subject) if found.subject else "",
        "role": "option" if in_the_box else "",
    }
    return render(request, "crm/_found.html" if in_the_box else "crm/search.html", context)


def page_of(subject: Subject) -> str:
    """The address at which a record is read; a call of nobody known stands in the list of calls."""
    if isinstance(subject, Call):
        outside = subject.caller if subject.direction == Call.Direction.INCOMING else subject.callee
        return f"{reverse('calls')}?{urlencode({'q': outside})}"
    return reverse(type(subject).__name__.lower(), args=[subject.pk])
