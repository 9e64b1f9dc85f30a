"""The rows of long lists are written in Jinja, which Django supports beside its own language: they are most of a page,
and drawn in a fraction of the time. They lie in `rows/`; the tag of crm.templatetags.rows puts them into a page.
"""

from datetime import datetime
from functools import cache
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined

from crm.templatetags.clients import contacts_of
from crm.templatetags.deals import due_class, profit
from crm.templatetags.display import (
    clock,
    day,
    days,
    due,
    duration,
    exactly,
    icon,
    initials,
    money,
    phone,
    short_days,
    when,
)
from crm.templatetags.subjects import kind_of

# A number that stands nowhere else in an address.
PLACE = 8_888_888_888_888_888


def environment(**options: Any) -> Environment:
    """What rows know beside their values: how the CRM shows these, its addresses, icons and messages."""
    # Django's own `options` have autoescape on.
    made = Environment(**options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    shown = (
        clock,
        day,
        days,
        due,
        due_class,
        duration,
        exactly,
        initials,
        kind_of,
        money,
        phone,
        profit,
        short_days,
        when,
    )
    made.filters |= {one.__name__: one for one in (*shown, cut, iso)}
    made.globals |= {"_": gettext, "address": address, "icon": icon, "contacts_of": contacts_of}
    return made


def address(name: str, number: int | None = None, *rest: str) -> str:
    """As Django's `reverse`; what stands around the number, which differs from row to row, is looked up only once."""
    if number is None:
        return reverse(name)
    before, behind = _around(name, rest, get_script_prefix())
    return f"{before}{number}{behind}"


@cache
def _around(name: str, rest: tuple[str, ...], _prefix: str) -> tuple[str, str]:
    before, _number, behind = reverse(name, args=[PLACE, *rest]).partition(str(PLACE))
    return before, behind


def cut(text: str, length: int) -> str:
    """At most `length` characters of a text; the last is "…" where it had more."""
    return text if len(text) <= length else Truncator(text).chars(length)


def iso(moment: datetime) -> str:
    """A moment for `datetime` of `<time>`, by the person's clock: "2026-07-12T10:35:00+03:00"."""
    return timezone.localtime(moment).isoformat()
