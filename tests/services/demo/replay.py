"""The life of a deal of the demo, and the same life led once more by the services."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Change, Deal, Status, StatusStay
from crm.services.deals import create_deal, move_deal, trash_deal

Via = Change.Via


@dataclass
class Life:
    deal: dict[str, Any]
    stays: list[tuple[int, datetime, datetime | None]]
    changes: list[tuple[Any, ...]]


def life_of(deal: Deal) -> Life:
    left_out = ("id", "order_json", "next_due_at", "has_source")  # of the deal itself, or of what hangs on it
    columns = [field.name for field in Deal._meta.concrete_fields if field.name not in left_out]
    told = Deal.objects.filter(pk=deal.pk).values(*columns).get()
    changes = Change.objects.filter(number=deal.pk).order_by("pk")
    return Life(
        deal=told,
        stays=list(StatusStay.objects.filter(deal=deal).order_by("pk").values_list("status", "entered_at", "left_at")),
        changes=list(changes.values_list("at", "by", "via", "verb", "field", "old", "new")),
    )


def life_by_the_services(deal: Deal) -> Life:
    """Another deal with the same columns that went through the same statuses at the same moments."""
    stays = list(StatusStay.objects.filter(deal=deal).select_related("status").order_by("pk"))
    changes = list(Change.objects.filter(number=deal.pk).select_related("by").order_by("pk"))
    reason = "".join(str(change.new) for change in changes if change.field == "lost_reason")
    moves = [change for change in changes if change.field == "status"]
    again = create_deal(
        title=deal.title,
        by=deal.created_by,
        via=Via(changes[0].via),
        client=deal.client,
        status=stays[0].status,
        manager=deal.manager,
        price=deal.price,
        cost=deal.cost,
        visit=deal.visit,
        extra=deal.extra,
        at=deal.created_at,
    )
    for stay, move in zip(stays[1:], moves, strict=True):
        how: dict[str, Any] = {"deal": again, "by": move.by, "via": Via(move.via), "at": stay.entered_at}
        if stay.status.kind == Status.Kind.DELETED:
            trash_deal(**how)
        else:
            lost = stay.status.kind == Status.Kind.LOST
            move_deal(status=stay.status, lost_reason=reason if lost else "", **how)
    return life_of(again)
