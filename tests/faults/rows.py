"""What the CRM holds, read from its tables and built afresh, as JSON: `python -m tests.faults.rows`."""

import sys
from typing import TYPE_CHECKING

import django
import orjson

if TYPE_CHECKING:
    from crm.models import Client


def rows() -> dict[str, object]:
    from analytics_api.models import CallLog
    from crm.models import Call, Client, Deal, Message, Task
    from crm.services.orders import build_order, values_of

    deals = list(Deal.objects.order_by("pk"))
    values = values_of(deals)
    clients = Client.objects.with_deals().prefetch_related("contacts")
    return {
        "orders": {str(deal.pk): build_order(deal, values[deal.pk]) for deal in deals},
        "clients": {str(client.pk): exported(client) for client in clients},
        "from_leads": sorted(str(deal.pk) for deal in deals if deal.created_by and deal.created_by.kind == "service"),
        "messages": [str(row.pk) for row in Message.objects.filter(title="Чат").order_by("pk")],
        "tasks": [str(row.pk) for row in Task.objects.order_by("pk")],
        "calls": [str(row.pk) for row in Call.objects.filter(status="ANSWER", deal__isnull=False).order_by("pk")],
        "all_calls": Call.objects.count(),
        "edits": Deal.objects.filter(created_by__kind="person").count(),
        "not_ok": list(CallLog.objects.exclude(outcome__in=["ok", "flagged"]).values_list("action", "message")),
    }


def exported(client: "Client") -> dict[str, str]:
    contacts = list(client.contacts.all())
    first = {kind: next((c.entered for c in contacts if c.kind == kind), "") for kind in ("phone", "email")}
    return {"id": str(client.pk), "name": client.name, **first}


if __name__ == "__main__":
    django.setup()
    sys.stdout.buffer.write(orjson.dumps(rows()))
