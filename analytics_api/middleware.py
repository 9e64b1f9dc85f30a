"""The protocol's address stands before what pages need."""

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from analytics_api.answers import error_body, json_answer
from analytics_api.views import analytics

logger = logging.getLogger(__name__)

ADDRESSES = frozenset({"/analytics", "/analytics/"})


class AnalyticsMiddleware:
    """Answers at /analytics in JSON, whatever comes, and takes everything else on.

    A service knows no session, no form and no page; what sees to those took half of a short answer's time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in ADDRESSES:
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = analytics(request) if _is_for_us(request) else _wrong_host()
        patch_vary_headers(response, ["Accept-Language"])
        response.headers["Content-Language"] = language
        return response


def _is_for_us(request: HttpRequest) -> bool:
    try:
        return bool(request.get_host())
    except DisallowedHost as error:
        logger.warning("%s", error)
        return False


def _wrong_host() -> HttpResponse:
    message = _("The request is not valid, or it is for a Host that this server does not know.")
    return json_answer(error_body(message), status=400)
