"""What Django answers where the view is not reached, in the words of the protocol."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from analytics_api.answers import error_body, json_answer

ADDRESSES = ("/analytics", "/analytics/")


class JsonErrorsMiddleware:
    """Lets no page of HTML out at /analytics: a Host that is not in ALLOWED_HOSTS, for one, is refused in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if request.path_info not in ADDRESSES or response.status_code < 400 or is_json:
            return response
        if response.status_code == 400:
            message = _("The request is not valid, or it is for a Host that this server does not know.")
        else:
            message = _("Internal error.")
        return json_answer(error_body(message), status=response.status_code)
