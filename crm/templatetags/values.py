"""Values of fields as people read them, whatever their type; and what of a text may become a link."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from crm.days import day_of, today
from crm.models import Call
from crm.templatetags.display import exactly, money

register = template.Library()


@register.filter
def shown(value: Any) -> str:
    """Money, moments, days, yes and no by their type; anything else by its own text; empty for what is not set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, datetime):
        return exactly(value)
    if isinstance(value, date):
        return format_date(value, "j E Y")
    return str(value)


@register.filter
def web_address(value: Any) -> str:
    """The value itself if it is an address of the web, to be linked to; else empty: no other scheme becomes a link."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


@register.filter
def without_scheme(address: str) -> str:
    """ "https://example.org/page/" as people say it: "example.org/page"."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/") or address


@register.filter
def due_kind(task: Any) -> str:
    """How pressing a task is, as a class of the stylesheet: overdue, today, or nothing."""
    if task.due_at < timezone.now():
        return "overdue"
    return "today" if day_of(task.due_at) == today() else ""


@register.filter
def unread_values(call: Call) -> list[tuple[str, str]]:
    """What came with a call and could not be read: pairs of the parameter and its text."""
    return [(str(name), str(text)) for name, text in call.unread.items()]


@register.simple_tag
def day_ahead(count: int) -> date:
    """The installation's day `count` days from today."""
    return today() + timedelta(days=count)
