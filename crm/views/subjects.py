"""What a task or a call is put on: a deal or a client."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import get_call, get_client, get_deal, person
from crm.forms.subjects import find_subjects
from crm.models import User
from crm.services.subjects import Subject

GETTERS: dict[str, Callable[[User, int], Subject]] = {"deal": get_deal, "client": get_client, "call": get_call}
LONGEST_NUMBER = 19


@require_safe
def offer_subjects(request: HttpRequest) -> HttpResponse:
    """The deals and clients that `find` may mean, to choose one of, while it is typed."""
    text = request.GET.get("find", "")
    return render(
        request, "crm/_subjects_offered.html", {"offered": find_subjects(text, viewer=person(request)), "text": text}
    )


def named_subject(request: HttpRequest) -> Subject | None:
    """What `?deal=`, `?client=` or `?call=` names; Http404 where the person sees no such thing."""
    for name, get in GETTERS.items():
        text = request.GET.get(name, "")
        if text.isdecimal() and len(text) <= LONGEST_NUMBER:
            return get(person(request), int(text))
    return None
