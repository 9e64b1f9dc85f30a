"""`export`: the deals, as orders, with the scheme they refer to (PROTOCOL.md, section 2)."""

from datetime import datetime
from typing import Any

import orjson
from django.db.models import QuerySet

from analytics_api.actions.base import Answer, Command
from analytics_api.actions.paging import PageAsked
from analytics_api.dialects import pagination, speaks_roistat
from analytics_api.payloads import orders, scheme
from crm.models import Deal


def export(command: Command) -> Answer:
    asked = PageAsked.read(command)
    page = asked.cut(command, deal_ids)
    head: dict[str, Any] = dict(scheme())
    head["pagination"] = pagination(command.integration, total_count=page.total_count, limit=asked.limit)
    texts = orders(page.ids, fields=head["fields"], roistat=speaks_roistat(command.integration))
    # The orders are JSON already: they are put into the answer as they are.
    body = b'%s,"orders":[%s]}' % (orjson.dumps(head)[:-1], ",".join(texts).encode())
    return Answer(body, rows=len(texts))


def deal_ids(since: datetime | None) -> QuerySet[Any, int]:
    if since is None:
        return Deal.objects.order_by("pk").values_list("pk", flat=True)
    # In no order: asked for one, SQLite looks at all deals to spare itself the sorting of a few.
    return Deal.objects.changed_since(since).order_by().values_list("pk", flat=True)
