"""Who is asking: Basic authentication, or user and token in the roistat dialect (PROTOCOL.md, section 1 and Dialects).

Failures are counted by address in windows of ten minutes. Past the limit nothing more is written for that address, so
a guesser costs a read; right credentials are never refused.
"""

import base64
import binascii
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from analytics_api.errors import RefusedError
from analytics_api.models import FailedAccess
from analytics_api.parameters import Parameters
from crm.middleware import client_address, parse_address
from crm.models import Integration
from crm.services.integrations import account_by_secret, account_by_token
from crm.services.networks import lies_in

CHALLENGE = 'Basic realm="analytics", charset="UTF-8"'
WINDOW = timedelta(minutes=10)
FAILURES_A_WINDOW = 20
ADDRESSES_KEPT = 10_000


def let_in(request: HttpRequest, credentials: Parameters, *, at: datetime) -> Integration:
    """The account that the request comes from; `credentials` holds `user` and `token` where they came.

    RefusedError: 401 for missing or wrong credentials, 429 after too many wrong ones from one address, 403 for right
    ones from an address that the account is not allowed from.
    """
    basic = basic_credentials(request)
    account = account_by_secret(*basic, at=at) if basic else None
    if account is None and credentials["user"] and credentials["token"]:
        account = account_by_token(credentials["user"], credentials["token"], at=at)
    if account is not None:
        _demand_allowed_address(account, client_address(request))
        return account
    if has_credentials(request, credentials):
        _count_failure(client_address(request), at=at)
    raise RefusedError(401, _("Unknown login or wrong password."), WWW_Authenticate=CHALLENGE)


def has_credentials(request: HttpRequest, credentials: Parameters) -> bool:
    return "HTTP_AUTHORIZATION" in request.META or bool(credentials["user"] and credentials["token"])


def basic_credentials(request: HttpRequest) -> tuple[str, str] | None:
    """Login and secret of the Authorization header (RFC 7617, UTF-8); None where there are none that can be read."""
    scheme, _blank, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    # PostgreSQL takes no NUL in a text, not even to look for it.
    return (login, secret) if colon and "\0" not in login else None


def _demand_allowed_address(account: Integration, address: str) -> None:
    if account.allowed_addresses and not lies_in(parse_address(address), account.allowed_addresses):
        raise RefusedError(403, _("This account is not allowed from the address %(address)s.") % {"address": address})


def _count_failure(address: str, *, at: datetime) -> None:
    seconds = int(at.timestamp())
    width = int(WINDOW.total_seconds())
    opened = at - timedelta(seconds=seconds % width, microseconds=at.microsecond)
    failures, created = FailedAccess.objects.get_or_create(address=network_of(address), window=opened)
    if failures.count >= FAILURES_A_WINDOW:
        left = width - seconds % width
        raise RefusedError(429, _("Too many wrong passwords from this address."), Retry_After=str(left))
    FailedAccess.objects.filter(pk=failures.pk).update(count=F("count") + 1)
    if created:
        FailedAccess.objects.filter(pk__lte=failures.pk - ADDRESSES_KEPT).delete()


def network_of(address: str) -> str:
    """The address to count by: for IPv6 its /64, since a single customer has all of those."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:45]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)
