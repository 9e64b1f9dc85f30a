"""The rows of long lists."""

from typing import Any

from django import template
from django.template import engines
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: RequestContext, name: str, **values: Any) -> SafeString:
    """All rows of a list, by `rows/<name>.html` (crm.rows); it knows `user` and `request` beside the `values`."""
    drawn = engines["rows"].get_template(f"{name}.html")
    return mark_safe(drawn.render({"user": context["user"], **values}, context["request"]))  # noqa: S308  (escaped there)
