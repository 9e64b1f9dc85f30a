"""The frame around every page."""

import re
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, Select
from django.template.context import RequestContext
from django.urls import reverse

from crm.models import SavedView

register = template.Library()


@register.inclusion_tag("crm/_rail_link.html", takes_context=True)
def rail_link(
    context: RequestContext, name: str, icon: str, text: str, count: int = 0, *, key: str = ""
) -> dict[str, Any]:
    """A link of the rail to the list `name`; current on every page whose address is named after the same noun. `key`
    is the letter that goes there after "g".
    """
    return {
        "url": reverse(name),
        "icon_name": icon,
        "text": text,
        "count": count,
        "current": is_current(context, name),
        "key": key,
    }


@register.inclusion_tag("crm/_rail_views.html", takes_context=True)
def rail_views_of(context: RequestContext, name: str, section: str, views: list[SavedView]) -> dict[str, Any]:
    """The saved views under a link of the rail; the one that the address names is marked."""
    shown = context["request"].GET.get("view", "") if "request" in context else ""
    return {"views": views, "section": section, "current": is_current(context, name), "shown": shown}


def is_current(context: RequestContext, name: str) -> bool:
    match = getattr(context.get("request"), "resolver_match", None)
    return match is not None and (match.url_name or "").split("_")[0] in (name, name.removesuffix("s"))


@register.inclusion_tag("crm/_settings_link.html", takes_context=True)
def settings_link(context: RequestContext, name: str, icon: str, text: str, about: str) -> dict[str, Any]:
    """A link to a section of Settings; current on every page whose name begins with the section's."""
    match = getattr(context.get("request"), "resolver_match", None)
    current = match is not None and f"{match.url_name}_".startswith(f"{name}_")
    return {"url": reverse(name), "icon_name": icon, "text": text, "about": about, "current": current}


@register.filter
def undoes(message: Message) -> int | None:
    """The batch that a message offers to undo (crm.views.undoing)."""
    found = re.search(r"\bundo-([0-9]+)\b", message.extra_tags or "")
    return int(found[1]) if found else None


@register.inclusion_tag("crm/_key.html")
def key(keys: str, text: str) -> dict[str, Any]:
    """A line of the list of keys: what is pressed, one after the other or either, and what that does."""
    return {"keys": keys.split(), "text": text}


@register.inclusion_tag("crm/_field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """A field of a form: its label, the widget, help and what is wrong with it; `attributes` go to the widget."""
    is_check = isinstance(bound.field.widget, CheckboxInput)
    # A choice that may be left out says so by its first option.
    is_optional = not bound.field.required and not isinstance(bound.field.widget, Select)
    if not is_check:
        attributes = {"class": "input"} | attributes
    widget = bound.as_widget(attrs={name.replace("_", "-"): value for name, value in attributes.items()})
    return {"field": bound, "widget": widget, "is_check": is_check, "is_optional": is_optional}
