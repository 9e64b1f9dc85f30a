"""From rows to the exact dicts of the protocol (PROTOCOL.md, section 2). Every id is a string."""

from collections.abc import Sequence
from typing import Any

from analytics_api.dialects import order_in_roistat
from analytics_api.last_values import last_values
from crm.models import Client, Contact, CustomField, Deal, Status, User
from crm.services.orders import order_scheme, values_of, write_order

Scheme = dict[str, list[dict[str, str]]]


def scheme() -> Scheme:
    """Statuses, fields and managers, in the order that administrators gave them; who left and what is archived
    stays.
    """
    return {
        "statuses": _named(Status.objects.order_by("position", "pk").values_list("pk", "name")),
        "fields": _named(CustomField.objects.order_by("position", "pk").values_list("pk", "name")),
        "managers": [
            {"id": str(pk), "name": full_name or login}
            for pk, full_name, login in User.objects.managers().values_list("pk", "full_name", "login")
        ],
    }


def _named(rows: Any) -> list[dict[str, str]]:
    return [{"id": str(pk), "name": name} for pk, name in rows]


def orders(ids: Sequence[int], *, fields: list[dict[str, str]], roistat: bool) -> list[str]:
    """The orders of these deals as JSON texts, in the order of `ids`; `fields` is the scheme's list of fields.

    A deal that was erased is answered as it was last.
    """
    current = order_scheme([int(field["id"]) for field in fields])
    deals = Deal.objects.filter(pk__in=ids)
    rows = {pk: (kept, written_by) for pk, kept, written_by in deals.values_list("pk", "order_json", "order_scheme")}
    texts = {pk: kept for pk, (kept, written_by) in rows.items() if written_by == current}
    texts |= _orders_built_afresh([pk for pk in rows if pk not in texts], current)
    if roistat:
        for pk, visit, changed_at in deals.values_list("pk", "visit", "changed_at"):
            texts[pk] = order_in_roistat(texts[pk], visit, changed_at)
    erased = last_values("export", [pk for pk in ids if pk not in rows])
    texts |= {pk: kept["roistat" if roistat else "universe"] for pk, kept in erased.items()}
    return [texts[pk] for pk in ids if pk in texts]


def kept_orders(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Deal id → its order in either dialect, for `last_values`."""
    fields = scheme()["fields"]
    dialects = {
        name: orders(ids, fields=fields, roistat=roistat) for name, roistat in (("universe", False), ("roistat", True))
    }
    return {pk: {name: texts[place] for name, texts in dialects.items()} for place, pk in enumerate(ids)}


def _orders_built_afresh(ids: list[int], current: int) -> dict[int, str]:
    """Those whose kept order was written by another scheme, built in memory."""
    if not ids:
        return {}
    deals = list(Deal.objects.filter(pk__in=ids))
    values = values_of(deals)
    for deal in deals:
        write_order(deal, values[deal.pk], scheme=current)
    return {deal.pk: deal.order_json for deal in deals}


def clients(ids: Sequence[int]) -> list[dict[str, str]]:
    """The clients with these ids: their first phone and first e-mail, as entered; empty where unknown.

    A client who was erased is answered as he was last.
    """
    names = dict(Client.objects.filter(pk__in=ids).values_list("pk", "name"))
    first: dict[tuple[int, str], str] = {}
    contacts = Contact.objects.filter(client__in=ids).order_by("position", "pk")
    for client_id, kind, entered in contacts.values_list("client_id", "kind", "entered"):
        first.setdefault((client_id, kind), entered)
    rows = {
        pk: {
            "id": str(pk),
            "name": name,
            "phone": first.get((pk, Contact.Kind.PHONE), ""),
            "email": first.get((pk, Contact.Kind.EMAIL), ""),
        }
        for pk, name in names.items()
    }
    rows |= last_values("export_clients", [pk for pk in ids if pk not in rows])
    return [rows[pk] for pk in ids if pk in rows]
