"""What a deal's page shows beside the timeline, each part read by one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, FilteredRelation, Max, Q, Sum, Value, When, Window
from django.utils.text import capfirst

from crm.models import Call, Change, CustomField, Deal, Status, User
from crm.reports.changes import CUSTOM, Teller, column_label, typed

# Custom fields that say where a deal came from stand together; one with any other name stands with the rest.
SOURCE_NAMES = frozenset(
    {"referrer", "source", "medium", "campaign", "roistat", "landing", "landing page", "источник"}
)
SOURCE_PREFIX = "utm"
OTHER_DEALS = 5
MARKERS = 5


@dataclass(frozen=True)
class Slot:
    """A field of a deal as its page shows it: `name` as in the address of the field, `value` by its type."""

    name: str
    label: str
    value: Any
    is_empty: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_empty", self.value is None or self.value == "")


@dataclass
class Step:
    """A status that the deal was in, is in or can go on to; `stayed` is the time it spent there in all."""

    status: Status
    stayed: timedelta | None = None
    is_now: bool = False

    @property
    def days(self) -> int | None:
        return None if self.stayed is None else self.stayed.days


@dataclass(frozen=True)
class OtherDeals:
    """The client's deals beside this one, the newest first, and figures of all that the viewer sees, this one too."""

    rows: list[Deal]
    count: int
    won: Decimal


@dataclass(frozen=True)
class Setter:
    """Who or what set a field last; an empty `by` is the system."""

    label: str
    by: str
    at: datetime


@dataclass(frozen=True)
class SourceFacts:
    """`markers` of the deal's calls, and who set the fields that were set after the deal was made."""

    markers: list[str]
    setters: list[Setter]


@dataclass(frozen=True)
class OrderLine:
    """A key of the exported order with its value, and what the value means to people."""

    key: str
    value: str
    meaning: Any = None


def statuses_with_stays(number: int, at: datetime) -> list[Step]:
    """All statuses in their order with the time that the deal spent in each."""
    rows = (
        Status.objects.annotate(stay=FilteredRelation("stays", condition=Q(stays__deal=number)))
        .annotate(entered_at=F("stay__entered_at"), left_at=F("stay__left_at"))
        .order_by("position", "pk")
    )
    steps: dict[int, Step] = {}
    for status in rows:
        step = steps.setdefault(status.pk, Step(status))
        entered_at: datetime | None = getattr(status, "entered_at")  # noqa: B009  (an annotation)
        left_at: datetime | None = getattr(status, "left_at")  # noqa: B009
        if entered_at is not None:
            step.stayed = (step.stayed or timedelta()) + max(timedelta(), (left_at or at) - entered_at)
            step.is_now = step.is_now or left_at is None
    return list(steps.values())


def ladder(steps: Iterable[Step], now: Status) -> list[Step]:
    """The steps of the way to success, the archived ones only where the deal was in them, and where it is now."""
    shown = []
    for step in steps:
        is_way = step.status.kind in (Status.Kind.OPEN, Status.Kind.WON)
        if step.status == now or (is_way and (not step.status.is_archived or step.stayed is not None)):
            shown.append(step)
    return shown


def fields_with_texts(number: int) -> list[CustomField]:
    """All custom fields in their order, each with the deal's `text` in it, None where there is none."""
    return list(
        CustomField.objects.annotate(held=FilteredRelation("values", condition=Q(values__deal=number)))
        .annotate(text=F("held__text"))
        .order_by("position", "pk")
    )


def custom_slots(fields: Iterable[CustomField]) -> tuple[list[Slot], list[Slot]]:
    """The fields of `fields_with_texts` that the page shows: those of the source, and the others."""
    source: list[Slot] = []
    others: list[Slot] = []
    for one in fields:
        if one.is_archived or not one.on_card:
            continue
        text = getattr(one, "text", None)
        slot = Slot(f"field-{one.pk}", one.name, typed(one, text) if text else None)
        (source if says_source(one.name) else others).append(slot)
    return source, others


def says_source(name: str) -> bool:
    folded = name.casefold()
    return folded in SOURCE_NAMES or folded.startswith(SOURCE_PREFIX)


def column_slot(deal: Deal, name: str) -> Slot:
    return Slot(name, capfirst(str(column_label(Deal, name))), getattr(deal, name))


def profit(deal: Deal) -> tuple[Decimal, int | None] | None:
    """Price less cost and its share of the price in percent; None where either is unknown."""
    if deal.price is None or deal.cost is None:
        return None
    rest = deal.price - deal.cost
    if deal.price == 0:
        return rest, None
    return rest, int((rest * 100 / deal.price).quantize(Decimal(1), ROUND_HALF_UP))


def other_deals(deal: Deal, *, viewer: User) -> OtherDeals | None:
    """None for a deal of nobody known. The viewer sees `deal` itself."""
    if deal.client is None:
        return None
    everything = Deal.objects.visible_to(viewer).filter(Q(trashed_at=None) | Q(pk=deal.pk), client=deal.client)
    rows = (
        everything.select_related("status")
        .annotate(
            count=Window(Count("pk")),
            won=Window(Sum(Case(When(status__kind=Status.Kind.WON, then=F("price"))))),
        )
        .order_by(Case(When(pk=deal.pk, then=0), default=1), "-created_at", "-pk")
    )
    found = list(rows[: OTHER_DEALS + 1])
    return OtherDeals(found[1:], getattr(found[0], "count", 0), getattr(found[0], "won", None) or Decimal(0))


def source_facts(number: int, names: Iterable[str], teller: Teller) -> SourceFacts:
    """Of the deal's calls and of its history; `names`: the fields whose setters to know, as a Change has them."""
    changed = Change.objects.filter(number=number, verb=Change.Verb.CHANGED, field__in=list(names)).order_by()
    setters = (
        Change.objects.filter(pk__in=changed.values("field").annotate(latest=Max("pk")).values("latest"))
        .order_by()
        .annotate(what=F("field"), text=Case(When(by__full_name="", then=F("by__login")), default=F("by__full_name")))
        .values_list(Value("setter", CharField()), "what", "text", "at")
    )
    markers = (
        Call.objects.filter(deal=number)
        .exclude(marker="")
        .order_by()
        .values("marker")
        .annotate(latest=Max("started_at"))
        .values_list(Value("marker", CharField()), "marker", Value("", CharField()), "latest")
    )
    found: list[str] = []
    last: dict[str, Setter] = {}
    rows = setters.union(markers, all=True)
    for kind, what, text, at in sorted(rows, key=lambda row: row[3]):
        if kind == "marker":
            found.insert(0, what)
        else:
            last[what] = Setter(teller.name(what), text or "", at)
    return SourceFacts(found[:MARKERS], list(last.values()))


def change_name(slot_name: str) -> str:
    """A field of an address ("field-7") as a Change calls it ("field:7")."""
    return f"{CUSTOM}{slot_name.removeprefix('field-')}" if slot_name.startswith("field-") else slot_name


def kept_aside(deal: Deal) -> list[tuple[str, str]]:
    """What came with the lead and no field took: pairs of its name and text."""
    return [(str(name), str(text)) for kept in deal.extra.values() for name, text in kept.items()]


def order_lines(order: Mapping[str, Any], deal: Deal, teller: Teller) -> list[OrderLine]:
    """The exported order key by key; `order` is what the deal's kept JSON says."""
    meanings: dict[str, Any] = {
        "date_create": deal.created_at,
        "status": deal.status,
        "client_id": deal.client,
        "manager_id": deal.manager,
        "price": deal.price,
    }
    lines = []
    for key, value in order.items():
        if key == "fields":
            for pair in value:
                for pk, text in pair.items():
                    lines.append(OrderLine(f"fields · {pk}", text, teller.name(f"{CUSTOM}{pk}")))
        elif key == "cost":
            lines.append(OrderLine(key, f"{value['value']} {value['currency']}", deal.cost))
        else:
            lines.append(OrderLine(key, str(value), meanings.get(key)))
    return lines
