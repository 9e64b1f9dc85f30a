"""`export_clients`: the clients who take part in deals (PROTOCOL.md, section 2)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from analytics_api.actions.base import Answer, Command
from analytics_api.actions.paging import PageAsked
from analytics_api.dialects import pagination
from analytics_api.payloads import clients
from crm.models import Client, Deal


def export_clients(command: Command) -> Answer:
    asked = PageAsked.read(command)
    page = asked.cut(command, client_ids)
    rows = clients(page.ids)
    payload = {
        "clients": rows,
        "pagination": pagination(command.integration, total_count=page.total_count, limit=asked.limit),
    }
    return Answer.of(payload, rows=len(rows))


def client_ids(since: datetime | None) -> QuerySet[Any, int]:
    """Clients with a deal; from a moment on, those who changed since or of whom a deal did."""
    if since is None:
        return Client.objects.with_deals().order_by("pk").values_list("pk", flat=True)
    changed = Client.objects.with_deals().filter(changed_at__gte=since).order_by().values_list("pk", flat=True)
    by_deals = Deal.objects.changed_since(since).exclude(client=None).order_by().values_list("client_id", flat=True)
    # Two questions, each answered by an index; with OR in one, every client would be looked at.
    return Client.objects.filter(pk__in=changed.union(by_deals)).order_by("pk").values_list("pk", flat=True)
