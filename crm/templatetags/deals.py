"""How a deal's figures and its next task look in a list."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from crm.days import day_of, today
from crm.models import Deal

register = template.Library()


@register.filter
def profit(deal: Deal) -> Decimal | None:
    """Price less cost; None while one of them is unknown."""
    return None if deal.price is None or deal.cost is None else deal.price - deal.cost


@register.filter
def due_class(due_at: datetime) -> str:
    """How a task stands that is due then: overdue, today or later."""
    if due_at < timezone.now():
        return "overdue"
    return "today" if day_of(due_at) == today() else "later"
