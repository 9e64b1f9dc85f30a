"""Lists and their addresses."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext

register = template.Library()


@register.inclusion_tag("crm/_chip.html", takes_context=True)
def chip(
    context: RequestContext,
    text: str,
    name: str,
    value: str = "",
    *,
    on: bool,
    count: int | None = None,
    most: int | None = None,
    bad: bool = False,
) -> dict[str, Any]:
    """A choice of a list as a link: to this address with the parameter `name` set to `value`, or without it where the
    value is empty. Beyond `most` nothing was counted; `bad` marks a count that wants attention.
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value:
        query[name] = value
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    return {"text": text, "address": address, "on": on, "count": count, "most": most, "bad": bool(bad and count)}
