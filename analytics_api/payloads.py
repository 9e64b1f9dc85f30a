"""From rows to the exact dicts of the protocol (PROTOCOL.md, section 2). Every id is a string."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from analytics_api.dialects import order_in_roistat
from analytics_api.last_values import last_values
from crm.models import Client, Contact, CustomField, Deal, Status, User
from crm.models.number import span
from crm.models.prepared import prepared
from crm.services.orders import Scheme, values_of, write_order

Lists = dict[str, list[dict[str, str]]]


def scheme() -> Lists:
    """Statuses, fields and managers, in the order that administrators gave them; who left and what is archived
    stays. One query: every page of a pull asks it.
    """
    found: Lists = {"statuses": [], "fields": [], "managers": []}
    for part, _position, pk, name in _scheme_rows():
        found[part].append({"id": str(pk), "name": name})
    return found


@prepared
def _scheme_rows() -> "QuerySet[Status, tuple[Any, ...]]":
    full_name = Coalesce(NullIf("full_name", Value("")), "login")
    parts: dict[str, QuerySet[Any]] = {
        "statuses": Status.objects.annotate(named=F("name")),
        "fields": CustomField.objects.annotate(named=F("name")),
        "managers": User.objects.managers().annotate(position=Value(0), named=full_name),
    }
    first, *others = (
        rows.order_by().annotate(part=Value(part)).values_list("part", "position", "pk", "named")
        for part, rows in parts.items()
    )
    whole: QuerySet[Status, tuple[Any, ...]] = first.union(*others, all=True).order_by("part", "position", "pk")
    return whole


def orders(ids: Sequence[int], *, fields: list[dict[str, str]], roistat: bool) -> list[str]:
    """The orders of these deals as JSON texts, in the order of `ids`; `fields` is the scheme's list of fields.

    A deal that was erased is answered as it was last.
    """
    current = Scheme.of([(int(field["id"]), field["name"]) for field in fields])
    texts, stale = dict[int, str](), set[int]()
    for pk, kept, written_by in _kept(ids):
        texts[pk] = kept
        if written_by != current.number:
            stale.add(pk)
    texts |= _orders_built_afresh([pk for pk in ids if pk in stale], current)
    if roistat:
        for pk, visit, changed_at in Deal.objects.covering(ids).values_list("pk", "visit", "changed_at"):
            if pk in texts:
                texts[pk] = order_in_roistat(texts[pk], visit, changed_at)
    erased = last_values("export", [pk for pk in ids if pk not in texts])
    texts |= {pk: kept["roistat" if roistat else "universe"] for pk, kept in erased.items()}
    return [texts[pk] for pk in ids if pk in texts]


def _kept(ids: Sequence[int]) -> Iterable[tuple[int, str, int]]:
    """The kept orders of these deals, perhaps of some between them too: number, text, and the scheme it is of."""
    near = span(ids)
    return _kept_between(*near) if near else _kept_rows(Deal.objects.filter(pk__among=ids))


@prepared
def _kept_between(first: int, last: int) -> "QuerySet[Deal, tuple[int, str, int]]":
    return _kept_rows(Deal.objects.filter(pk__gte=first, pk__lte=last))


def _kept_rows(deals: QuerySet[Deal]) -> "QuerySet[Deal, tuple[int, str, int]]":
    return deals.values_list("pk", "order_json", "order_scheme")


def kept_orders(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Deal id → its order in either dialect, for `last_values`."""
    fields = scheme()["fields"]
    dialects = {
        name: orders(ids, fields=fields, roistat=roistat) for name, roistat in (("universe", False), ("roistat", True))
    }
    return {pk: {name: texts[place] for name, texts in dialects.items()} for place, pk in enumerate(ids)}


def _orders_built_afresh(ids: list[int], current: Scheme) -> dict[int, str]:
    """Those whose kept order was written by another scheme, built in memory."""
    if not ids:
        return {}
    deals = list(Deal.objects.filter(pk__among=ids))
    values = values_of(deals)
    for deal in deals:
        write_order(deal, values[deal.pk], scheme=current)
    return {deal.pk: deal.order_json for deal in deals}


def clients(ids: Sequence[int]) -> list[dict[str, str]]:
    """The clients with these ids: their first phone and first e-mail, as entered; empty where unknown.

    A client who was erased is answered as he was last.
    """
    names = dict(Client.objects.covering(ids).values_list("pk", "name"))
    first: dict[tuple[int, str], str] = {}
    contacts = Contact.objects.filter(client__pk__among=ids).order_by("position", "pk")
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
