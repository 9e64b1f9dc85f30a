"""What can be done to many deals at once. `read_deed` makes a deed of what a Bulk says.

Each knows which deals it would leave as they are, and does the others, which are locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from django.utils.dateparse import parse_datetime

from crm.models import Batch, Bulk, CustomField, Deal, FieldValue, Status, User
from crm.services.many_deals import change_deals, move_deals, put_value, trash_deals
from crm.services.tasks import manager_of, plan_task

# Columns that are a deed of their own: how each is read from the text that the parameters keep.
COLUMNS = {"price": Decimal, "cost": Decimal, "visit": str}


class Deed(Protocol):
    @property
    def piece(self) -> int:
        """Deals of one transaction, which is to end well within the five seconds that the export reaches back."""

    def same(self, deals: Sequence[Deal]) -> set[int]:
        """The numbers of those that it would not change."""

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None: ...


@dataclass(frozen=True)
class Move:
    status: Status
    lost_reason: str
    piece: ClassVar[int] = 500

    def same(self, deals: Sequence[Deal]) -> set[int]:
        return {deal.pk for deal in deals if deal.status_id == self.status.pk}

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None:
        move_deals(deals=deals, status=self.status, lost_reason=self.lost_reason, by=by, batch=batch, at=at)


@dataclass(frozen=True)
class SetColumn:
    name: str
    value: Any
    piece: ClassVar[int] = 500

    def same(self, deals: Sequence[Deal]) -> set[int]:
        return {deal.pk for deal in deals if getattr(deal, self.name) == self.value}

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None:
        change_deals(deals=deals, by=by, batch=batch, at=at, **{self.name: self.value})


@dataclass(frozen=True)
class PutValue:
    field: CustomField
    text: str
    piece: ClassVar[int] = 500

    def same(self, deals: Sequence[Deal]) -> set[int]:
        held = dict(FieldValue.objects.filter(deal__in=deals, field=self.field).values_list("deal_id", "text"))
        return {deal.pk for deal in deals if held.get(deal.pk, "") == self.text}

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None:
        put_value(deals=deals, field=self.field, text=self.text, by=by, batch=batch, at=at)


@dataclass(frozen=True)
class Plan:
    """A task on each deal: for `assignee`, or for who answers for the deal, or for who plans it."""

    text: str
    due_at: datetime
    all_day: bool
    assignee: User | None
    piece: ClassVar[int] = 100

    def same(self, deals: Sequence[Deal]) -> set[int]:
        return set()

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None:
        due: dict[str, Any] = {"text": self.text, "due_at": self.due_at, "all_day": self.all_day}
        for deal in deals:
            assignee = self.assignee or manager_of(deal) or by
            plan_task(subject=deal, assignee=assignee, by=by, batch=batch, at=at, **due)


@dataclass(frozen=True)
class Trash:
    piece: ClassVar[int] = 500

    def same(self, deals: Sequence[Deal]) -> set[int]:
        return set()

    def do(self, deals: Sequence[Deal], *, by: User, batch: Batch, at: datetime) -> None:
        trash_deals(deals=deals, by=by, batch=batch, at=at)


def read_deed(bulk: Bulk) -> Deed | None:
    """What is to be done; None while it is not said, or where a status, a person or a field of it is no more."""
    said = bulk.parameters
    if bulk.deed == Bulk.Deed.TRASH:
        return Trash()
    if not is_said(bulk):
        return None
    if bulk.deed == Bulk.Deed.STATUS:
        status = Status.objects.filter(pk=said["status"]).first()
        return Move(status, said["lost_reason"]) if status else None
    if bulk.deed == Bulk.Deed.MANAGER:
        manager = User.objects.filter(pk=said["manager"]).first()
        return None if manager is None and said["manager"] else SetColumn("manager", manager)
    return _read_task(said) if bulk.deed == Bulk.Deed.TASK else _read_field(said)


def is_said(bulk: Bulk) -> bool:
    """Whether all that the deed takes is said."""
    wanted = {
        Bulk.Deed.STATUS: "lost_reason",
        Bulk.Deed.MANAGER: "manager",
        Bulk.Deed.FIELD: "text",
        Bulk.Deed.TASK: "due_at",
    }.get(Bulk.Deed(bulk.deed))
    return wanted is None or wanted in bulk.parameters


def _read_field(said: dict[str, Any]) -> Deed | None:
    name, text = said["name"], said["text"]
    if name in COLUMNS:
        empty = "" if name == "visit" else None
        return SetColumn(name, COLUMNS[name](text) if text else empty)
    field = CustomField.objects.filter(pk=name).first()
    return PutValue(field, text) if field else None


def _read_task(said: dict[str, Any]) -> Deed | None:
    due_at, assignee = parse_datetime(said["due_at"]), User.objects.filter(pk=said["assignee"]).first()
    if due_at is None or (assignee is None and said["assignee"]):
        return None
    return Plan(said["text"], due_at, said["all_day"], assignee)
