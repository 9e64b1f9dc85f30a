"""The parameters of a request: decoded strictly, cleaned, and read as what an action wants (PROTOCOL.md, sections 1,
3).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from analytics_api.errors import CommandError
from analytics_api.limits import PARAMETERS

Pair = tuple[str, str]
RawPair = tuple[bytes, bytes]

# Control characters, tab and newline aside, and the halves of surrogate pairs, which no database takes.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
WHOLE_NUMBER = re.compile(r"[0-9]+", re.ASCII)
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?: ?(Z)|([+ -])(\d\d):?(\d\d))?",
    re.ASCII | re.IGNORECASE,
)
UNIX_SECONDS = re.compile(r"(\d{1,10})(?:\.\d{1,9})?", re.ASCII)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2101, 1, 1, tzinfo=UTC)
MOST = 2**63 - 1


def clean_text(text: str) -> str:
    """Without control characters and without blanks around it."""
    return UNWANTED.sub("", text).strip()


def split_query(query: bytes) -> list[RawPair]:
    """The names and values of a query or a form, still as bytes; percent-encoded or raw alike."""
    parts = (part.replace(b"+", b" ").partition(b"=") for part in query.split(b"&") if part)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _equals, value in parts]


def decode_pairs(pairs: Sequence[RawPair]) -> list[Pair]:
    """As text; CommandError for too many pairs, or for one that is not UTF-8."""
    if len(pairs) > PARAMETERS:
        raise CommandError(_("There are more than %(limit)d parameters.") % {"limit": PARAMETERS})
    return [_decode_pair(*pair) for pair in pairs]


def _decode_pair(name: bytes, value: bytes) -> Pair:
    try:
        return name.decode(), value.decode()
    except UnicodeDecodeError:
        label = clean_text(name.decode(errors="replace"))
        raise CommandError(_("Parameter %(name)s is not valid UTF-8.") % {"name": label}) from None


def read_whole_number(text: str) -> int | None:
    """Digits 0-9 and nothing else, of any length (very large ones are all the largest); None for what is no number."""
    if not WHOLE_NUMBER.fullmatch(text):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) < 19 else MOST


def read_moment(text: str) -> datetime | None:
    """`2022-07-12 10:35:12` and its like, or UNIX seconds; UTC where no zone is given; None for what is neither.

    A blank before the hours of an offset is the plus sign that the query's decoding took away.
    """
    if match := UNIX_SECONDS.fullmatch(text):
        moment = EARLIEST + timedelta(seconds=int(match[1]))
    elif match := MOMENT.fullmatch(text):
        try:
            moment = _moment_of(match)
        except (ValueError, OverflowError):  # no such day or hour; an offset past the edge of the calendar
            return None
    else:
        return None
    return moment if EARLIEST <= moment < LATEST else None


def _moment_of(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    microsecond = int((match[7] or "0").ljust(6, "0")[:6])
    zone = UTC
    if match[9]:
        away = timedelta(hours=int(match[10]), minutes=int(match[11]))
        zone = timezone(-away if match[9] == "-" else away)
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=zone).astimezone(UTC)


class Parameters:
    """The cleaned parameters of one request. A blank one is absent; of equal ones there is one."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            text = clean_text(value)
            kept = self._values.setdefault(clean_text(name), [])
            if text and text not in kept:
                kept.append(text)
        self._values = {name: kept for name, kept in self._values.items() if kept}

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __getitem__(self, name: str) -> str:
        """The value of a parameter; of several different ones the first; empty where it is absent."""
        return self._values[name][0] if name in self._values else ""

    def others(self, name: str) -> list[str]:
        """The values of a parameter behind its first."""
        return self._values.get(name, [])[1:]

    def sorted_pairs(self, *, without: frozenset[str]) -> list[Pair]:
        """All pairs in one order, to tell the same request from another."""
        return sorted((name, text) for name, kept in self._values.items() if name not in without for text in kept)

    def line(self, name: str, limit: int) -> str:
        """A text of at most `limit` characters; CommandError beyond."""
        text = self[name]
        if len(text) > limit:
            raise CommandError(
                _("Parameter %(name)s is longer than %(limit)d characters.") % {"name": name, "limit": limit}
            )
        return text

    def whole_number(self, name: str, *, default: int, least: int) -> int:
        """A whole number of `least` or more; CommandError for anything else."""
        if not self[name]:
            return default
        number = read_whole_number(self[name])
        if number is None or number < least:
            raise CommandError(
                _("Parameter %(name)s must be a whole number, %(least)d or more.") % {"name": name, "least": least}
            )
        return number

    def unix_time(self, name: str) -> int | None:
        """UNIX seconds within the years 1970-2100, or None where the parameter is absent; else CommandError."""
        if not self[name]:
            return None
        seconds = read_whole_number(self[name])
        if seconds is None or seconds >= int(LATEST.timestamp()):
            raise CommandError(
                _("Parameter %(name)s must be UNIX time in seconds, of the years 1970 to 2100.") % {"name": name}
            )
        return seconds

    def number(self, name: str) -> int:
        """The number of a record; CommandError where it is absent. 0, which is no record's, for what is no number."""
        if not self[name]:
            raise CommandError(_("Parameter %(name)s is missing.") % {"name": name})
        return read_whole_number(self[name]) or 0
