"""Board or list: whichever a person chose last is where he comes back to."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "deals_view"
YEAR = 365 * 24 * 60 * 60


def remember_view(response: HttpResponse, view: Literal["board", "deals"]) -> HttpResponse:
    response.set_cookie(COOKIE, view, max_age=YEAR, httponly=True, samesite="Lax")
    return response


def last_view_url(request: HttpRequest) -> str:
    """The address of the view that was remembered, the board's unless it was the list."""
    return reverse("deals" if request.COOKIES.get(COOKIE) == "deals" else "board")
