"""A request before its command is looked at: method, length, where it comes from, and its parameters as bytes.

Django's own QueryDict would replace what is not UTF-8, and answer too many parameters with a page of HTML.
"""

import select

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from analytics_api.actions import ACTIONS
from analytics_api.errors import RefusedError
from analytics_api.parameters import Parameters, RawPair, split_query
from crm.middleware import MAX_QUERY_BYTES

WRITING = frozenset(name for name, action in ACTIONS.items() if action.writes)
ENVELOPE_NAMES = frozenset({b"action", b"user", b"token"})


def refuse_before_access(request: HttpRequest) -> None:
    """RefusedError for a method, a length or an origin that nobody is let in with, checked in this order."""
    # Only after access is it known whether the account's dialect has POST.
    if request.method not in ("GET", "HEAD", "POST"):
        raise wrong_method()
    query = raw_query(request)
    if request.method == "HEAD" and envelope(split_query(query))["action"] in WRITING:
        raise wrong_method()
    refuse_too_long(len(query) + content_length(request))
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise RefusedError(403, _("This address is not for pages of other sites."))


def refuse_too_long(length: int) -> None:
    if length > MAX_QUERY_BYTES:
        raise RefusedError(414, _("The request is longer than %(limit)d bytes.") % {"limit": MAX_QUERY_BYTES})


def wrong_method() -> RefusedError:
    return RefusedError(405, _("The method must be GET."), Allow="GET, HEAD")


def has_hung_up(request: HttpRequest) -> bool:
    """Whether the caller has closed the connection already, so that nobody reads the answer.

    He may have asked again meanwhile, and been answered: a first page that waited longer than its own repetition must
    not begin the walk anew under the pages that follow. Once this says no, whatever he sends behind a cut is later.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is None:  # it came by no socket of ours
        return False
    poll = select.poll()
    # Bytes are left where they are, and beneath TLS it is the same; errors and the end are told without being asked.
    poll.register(connection, getattr(select, "POLLRDHUP", 0))  # of Linux
    return bool(poll.poll(0))


def raw_query(request: HttpRequest) -> bytes:
    # WSGI hands bytes over as Latin-1.
    return str(request.META.get("QUERY_STRING", "")).encode("latin-1", "replace")


def content_length(request: HttpRequest) -> int:
    try:
        return max(int(request.META.get("CONTENT_LENGTH") or 0), 0)
    except ValueError:
        return 0


def read_pairs(request: HttpRequest) -> list[RawPair]:
    """The parameters of the query and, behind them, those of a POST's form; none of a form that cannot be read."""
    pairs = split_query(raw_query(request))
    if request.method != "POST":
        return pairs
    if request.content_type == "multipart/form-data":
        try:
            form = request.POST
        except (MultiPartParserError, SuspiciousOperation):
            return pairs
        return pairs + [(name.encode(), str(text).encode()) for name, texts in form.lists() for text in texts]
    return pairs + split_query(request.body)


def envelope(pairs: list[RawPair]) -> Parameters:
    """What says who asks and for what, decoded leniently: whoever is not let in gets no remarks on his encoding."""
    return Parameters((name.decode(), text.decode(errors="replace")) for name, text in pairs if name in ENVELOPE_NAMES)
