"""What tasks, comments and calls belong to."""

from django import template

register = template.Library()


@register.filter
def kind_of(subject: object) -> str:
    """ "deal", "client" or "call"; empty for nothing."""
    return "" if subject is None else type(subject).__name__.lower()
