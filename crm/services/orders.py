"""A deal as the protocol's `export` shows it (PROTOCOL.md, section 2), kept ready beside the deal as JSON.

Every service that touches a deal ends in `refresh_order`. Adding to the scheme of fields leaves the kept orders true;
changing the order of fields or the currency does not, so each row says by which scheme it was written, and a reader
builds those of another scheme afresh (`current_orders`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

import orjson
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from crm.installation import currency
from crm.models import CustomField, Deal, FieldValue
from crm.models.custom_field import tells_source
from crm.models.prepared import prepared
from crm.models.remembering import remembered
from crm.services.writing import write_columns

# How many numbers, of whatever they are, an update of all deals goes on by.
NUMBERS_AT_ONCE = 50_000
# What `write_order` sets.
KEPT = ("order_json", "order_scheme", "has_source")
# What the order shows of a deal's own columns.
ORDER_FIELDS = ("title", "created_at", "status", "price", "cost", "visit", "client", "manager")


def build_order(deal: Deal, values: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """The order as a dict, its keys in the contract's order; what is empty is left out.

    `values` are pairs of custom field id and text, in the order of the fields.
    """
    order: dict[str, Any] = {
        "id": str(deal.pk),
        "name": deal.title,
        "date_create": str(int(deal.created_at.timestamp())),
        "status": str(deal.status_id),
    }
    if deal.price is not None:
        order["price"] = price_text(deal.price)
    if deal.cost is not None:
        order["cost"] = {"value": float(deal.cost), "currency": currency()}
    if deal.visit:
        order["visit"] = deal.visit
    if deal.client_id is not None:
        order["client_id"] = str(deal.client_id)
    if deal.manager_id is not None:
        order["manager_id"] = str(deal.manager_id)
    fields = [{str(field): text} for field, text in values]
    if fields:
        order["fields"] = fields
    return order


def price_text(price: Decimal) -> str:
    """Two decimals, a third only if it is not zero: "1500.00", "123.123"."""
    text = f"{price:.3f}"
    return text.removesuffix("0")


def order_scheme(field_ids: Sequence[int]) -> int:
    """A number for what the kept orders depend on beside the deal itself: the order of fields and the currency.

    `field_ids` are all fields in their order. Only the part that is not simply "the newer one behind" counts, so a
    field added at the end changes nothing.
    """
    rearranged = len(field_ids)
    while rearranged and field_ids[rearranged - 1] == max(field_ids[:rearranged]):
        rearranged -= 1
    return crc32(f"{currency()} {field_ids[:rearranged]}".encode())


@dataclass(frozen=True)
class Scheme:
    """What the fields say of all deals: the number of their order, and which of them tell a deal's source."""

    number: int
    telling: frozenset[int]

    @classmethod
    def of(cls, fields: Sequence[tuple[int, str]]) -> "Scheme":
        """`fields` are ids and names of all fields, in their order."""
        telling = frozenset(pk for pk, name in fields if tells_source(name))
        return cls(order_scheme([pk for pk, _name in fields]), telling)

    @classmethod
    def current(cls) -> "Scheme":
        return _current_scheme()


@remembered
def _current_scheme() -> Scheme:
    return Scheme.of(_fields_in_order())


@prepared
def _fields_in_order() -> "QuerySet[CustomField, tuple[int, str]]":
    return CustomField.objects.order_by("position", "pk").values_list("pk", "name")


def values_of(deals: Sequence[Deal]) -> dict[int, list[tuple[int, str]]]:
    """Deal id → its pairs of field id and text, in the order of the fields."""
    values: dict[int, list[tuple[int, str]]] = {deal.pk: [] for deal in deals}
    rows = (
        FieldValue.objects.filter(deal__in=values)
        .order_by("deal_id", "field__position", "field_id")
        .values_list("deal_id", "field_id", "text")
    )
    for deal_id, field_id, text in rows:
        values[deal_id].append((field_id, text))
    return values


def write_order(deal: Deal, values: Sequence[tuple[int, str]], *, scheme: Scheme) -> None:
    """Set the kept order of a deal in memory, and whether it has a source; the caller saves KEPT."""
    deal.order_json = orjson.dumps(build_order(deal, values)).decode()
    deal.order_scheme = scheme.number
    deal.has_source = bool(deal.visit) or any(field in scheme.telling for field, _text in values)


def refresh_order(deal: Deal, *, at: datetime | None = None) -> list[str]:
    """Bring the kept order in line with the deal, in memory, and move `changed_at` if the order shows something new.

    The names of the fields to save are returned. The deal's row must be locked, its values saved before.
    """
    before = deal.order_json
    write_order(deal, values_of([deal])[deal.pk], scheme=Scheme.current())
    if deal.order_json == before:
        return []
    deal.changed_at = at or timezone.now()
    return [*KEPT, "changed_at"]


def rewrite_orders(deals: Sequence[Deal], *, changed_at: datetime | None = None) -> None:
    """Keep the orders of these deals afresh, by the current scheme.

    `changed_at` is when something changed in all of them that a pull must fetch; without it nothing did.
    """
    values, scheme = values_of(deals), Scheme.current()
    for deal in deals:
        write_order(deal, values[deal.pk], scheme=scheme)
        deal.changed_at = changed_at or deal.changed_at
    write_columns(deals, [*KEPT, "changed_at"])


def tell_sources_anew() -> None:
    """Write down for all deals whether they have a source: other fields tell it now. In transactions of a second."""
    telling = Scheme.current().telling
    told = Exists(FieldValue.objects.filter(deal=OuterRef("pk"), field__in=telling))
    has_source = Case(When(~Q(visit="") | told, then=True), default=False)
    last = Deal.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, NUMBERS_AT_ONCE):
        numbers = (first, first + NUMBERS_AT_ONCE - 1)
        Deal.objects.filter(pk__range=numbers).exclude(has_source=has_source).update(has_source=has_source)
