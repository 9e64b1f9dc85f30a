"""What stands before every page: who is really asking, and how long a question may be."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

# A lead of 5,000 Cyrillic letters is 30 KB once percent-encoded.
MAX_QUERY_BYTES = 64 * 1024

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


def parse_address(text: str) -> Address | None:
    """The address in `text`, or None; one of IPv4 in the clothes of IPv6, as a socket on [::] shows it, as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
