"""What to tell the outside system: where the CRM is, and whether it can be reached there."""

from dataclasses import dataclass
from ipaddress import ip_address

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse

LOCAL_NAMES = (".local", ".localhost", ".internal", ".lan")


@dataclass(frozen=True)
class Address:
    """The protocol's address as this request's own host has it."""

    url: str
    is_local: bool
    is_plain: bool


def address_of(request: HttpRequest) -> Address:
    host = split_domain_port(request.get_host())[0]
    return Address(
        url=request.build_absolute_uri(reverse("analytics").rstrip("/")),
        is_local=_is_local(host),
        is_plain=not request.is_secure(),
    )


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." not in host or host.endswith(LOCAL_NAMES)
