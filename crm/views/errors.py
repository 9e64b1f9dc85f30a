"""Pages that say what went wrong, in the look of all others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, 400, _("This request cannot be read"), _("Something in the address or in what was sent is not valid.")
    )


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, 403, _("You may not do this"), str(exception) or _("An administrator can give you the right to.")
    )


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request,
        404,
        _("Nothing here"),
        _("There is no such page or record, or it is not for you to see. Look for it by number, name or phone."),
    )


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        403,
        _("This page was open for too long"),
        _("You logged in or out since, or cookies are switched off. Go back, reload the page and try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither the database nor the session: they may be what failed."""
    return HttpResponse(render_to_string("crm/500.html"), status=500)


def error_page(request: HttpRequest, status: int, heading: str, text: str) -> HttpResponse:
    """With the frame around it for whoever is logged in."""
    user = getattr(request, "user", None)
    template = "crm/error_framed.html" if user is not None and user.is_authenticated else "crm/error.html"
    return render(request, template, {"status": status, "heading": heading, "text": text}, status=status)
