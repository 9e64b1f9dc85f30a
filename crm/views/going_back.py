"""What a form brings, and where it leads once it is done."""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, to bind a form to; None when the form is only opened."""
    return request.POST if request.method == "POST" else None


def next_address(request: HttpRequest, otherwise: object) -> str:
    """The page of ours that `next` in the form or in the address names, else that of `otherwise`, a URL name."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return resolve_url(otherwise)  # type: ignore[arg-type]  # all that it takes is taken as object


def go_back(request: HttpRequest, otherwise: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(next_address(request, otherwise))
