"""What stands before every page: who is really asking, and how long a question may be."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from crm.installation import zone
from crm.models import Attachment, Call, Client, Deal, Task
from crm.services.accounts import remember_origin
from crm.views.errors import error_page, not_found

# A lead of 5,000 Cyrillic letters is 30 KB once percent-encoded.
MAX_QUERY_BYTES = 64 * 1024

# By the first word of an address's name: what its number names.
ROWS: dict[str, type[Model]] = {"deal": Deal, "client": Client, "task": Task, "call": Call, "file": Attachment}

GetResponse = Callable[[HttpRequest], HttpResponse]
Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """The address of who asks, the proxies in TRUSTED_PROXIES aside; empty for a request that came by no socket."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


class TrustedProxyMiddleware:
    """Believes X-Forwarded-For and X-Forwarded-Proto of the proxies in TRUSTED_PROXIES and of nobody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.networks: list[IPv4Network | IPv6Network] = [
            ip_network(text, strict=False) for text in settings.TRUSTED_PROXIES
        ]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        peer = parse_address(client_address(request))
        if peer is not None and self.is_trusted(peer):
            request.META["REMOTE_ADDR"] = str(self.nearest_stranger(peer, forwarded))
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)

    def is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def nearest_stranger(self, peer: Address, forwarded: str) -> Address:
        """The rightmost untrusted address: a proxy appends whom it saw; what stands left of that anybody can write."""
        nearest = peer
        for text in reversed(forwarded.split(",")):
            address = parse_address(text.strip())
            if address is None:
                break
            nearest = address
            if not self.is_trusted(address):
                break
        return nearest


class SecureCookiesMiddleware:
    """Marks the cookies of an answer by HTTPS, our own or that of a trusted proxy, as never to be sent without it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and their fragments, for browsers that accept it; a board of 400 cards is a tenth then.

    What was uploaded goes out as it is, and /analytics sees to itself. The secret in a page, its CSRF token, is masked
    anew each time, so its length tells nothing.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class RequestLengthMiddleware:
    """Refuses a query of more than MAX_QUERY_BYTES with 414.

    /analytics looks at the length itself: its contract checks the method first.
    """

    own_check = ("/analytics", "/analytics/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_BYTES and request.path_info not in self.own_check:
            message = f"The query is longer than {MAX_QUERY_BYTES} bytes."
            return JsonResponse({"status": "error", "message": message}, status=414)
        return self.get_response(request)


class BodyLengthMiddleware:
    """Refuses a body of more than BODY_MAX_BYTES with 413 before anything reads it: the check of forms, which runs
    after all middleware, would write it to the disk. A body of no told length is read by nobody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= settings.BODY_MAX_BYTES:
            return self.get_response(request)
        most = filesizeformat(settings.BODY_MAX_BYTES)
        text = _("What is sent at once can have %(most)s at most.") % {"most": most}
        return error_page(request, 413, _("This is too large"), text)


class GoneMiddleware:
    """Says 404 where a row went after it had been looked up to be written to: its client was erased meanwhile."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (ObjectDoesNotExist, IntegrityError)) and names_what_is_gone(request):
            return not_found(request, exception)
        return None


def names_what_is_gone(request: HttpRequest) -> bool:
    """Whether the address is that of a deal, a client, a task, a call or a file that is no more."""
    match = request.resolver_match
    if match is None or "number" not in match.kwargs:
        return False
    noun, _line, rest = (match.url_name or "").partition("_")
    rows = None if rest.startswith("bulk") else ROWS.get(noun)
    return rows is not None and not rows._default_manager.filter(pk=match.kwargs["number"]).exists()


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Django's own; a fragment asked for by htmx is not answered with the log-in page, the whole page goes there."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *view_arguments: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, *view_arguments)
        if answer is None or not request.headers.get("HX-Request"):
            return answer
        address = current_page(request)
        back = urlencode({"next": urlunsplit(("", "", address.path or "/", address.query, ""))})
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{back}")


class FragmentMiddleware:
    """Lets the browser keep a page and the fragment that htmx got from the same address apart: Back shows the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response


class PersonMiddleware:
    """Shows pages in the person's language and with clock times in his zone, where he chose them, and
    remembers by which name he asks for them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        remember_origin(user=user, origin=f"{request.scheme}://{request.get_host()}")
        if user.language:
            # LocaleMiddleware, which stands before this, ends what is begun here.
            translation.activate(user.language)
        with timezone.override(ZoneInfo(user.zone) if user.zone else zone()):
            return self.get_response(request)


def current_page(request: HttpRequest) -> SplitResult:
    """The address of the page from which htmx asks; an empty one where it cannot be read."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")


def parse_address(text: str) -> Address | None:
    """The address in `text`, or None; one of IPv4 in the clothes of IPv6, as a socket on [::] shows it, as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
