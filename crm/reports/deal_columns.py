"""The columns that a list of deals can have: what each is called, what it sorts by, and what its cells are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import (
    DecimalField,
    Expression,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import NullIf
from django.db.models.lookups import IsNull
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import CustomField, Deal, FieldValue, Task

Type = CustomField.Type


@dataclass(frozen=True)
class DealColumn:
    """`sorts_by` is a column or an annotation of `with_columns`; `field` is set where it shows a custom field."""

    key: str
    label: str | Promise
    sorts_by: str | Expression
    is_number: bool = False
    is_default: bool = True
    field: CustomField | None = None


PROFIT = ExpressionWrapper(F("price") - F("cost"), DecimalField())
OWN_COLUMNS = [
    DealColumn("number", _("No."), "id"),
    DealColumn("title", _("Title"), "search_text"),
    DealColumn("client", _("Client"), "client__search_text"),
    DealColumn("status", _("Status"), "status__position"),
    DealColumn("price", _("Price"), "price", is_number=True),
    DealColumn("cost", _("Cost"), "cost", is_number=True, is_default=False),
    DealColumn("profit", _("Profit"), PROFIT, is_number=True, is_default=False),
    DealColumn("manager", _("Manager"), "manager__full_name"),
    DealColumn("task", _("Next task"), "next_due_at"),
    DealColumn("visit", _("Visit"), NullIf("visit", Value("")), is_default=False),
    DealColumn("lost_reason", _("Reason of loss"), NullIf("lost_reason", Value("")), is_default=False),
    DealColumn("created", _("Created"), "created_at"),
    DealColumn("closed", _("Closed"), "closed_at", is_default=False),
]
NEVER_EMPTY = {field.name for field in Deal._meta.concrete_fields if not field.null}
# The title leads to the deal: a list without it would lead nowhere.
ALWAYS = "title"
FIELD_SORTS_BY = {Type.NUMBER: "number", Type.YES_NO: "number", Type.DATE: "date"}


def all_columns(fields: Iterable[CustomField]) -> list[DealColumn]:
    return OWN_COLUMNS + [
        DealColumn(
            key=f"field_{field.pk}",
            label=field.name,
            sorts_by=f"sorted_value__{FIELD_SORTS_BY.get(Type(field.type), 'key')}",
            is_number=field.type == Type.NUMBER,
            is_default=field.on_list or field.name.casefold() == "source",
            field=field,
        )
        for field in fields
    ]


def chosen_columns(columns: Sequence[DealColumn], keys: Iterable[str]) -> list[DealColumn]:
    """The columns of these keys in the order of the list; the usual ones where no key is known."""
    wanted = set(keys) & {column.key for column in columns}
    if not wanted:
        return [column for column in columns if column.is_default]
    return [column for column in columns if column.key in wanted | {ALWAYS}]


def is_newest_first(columns: Sequence[DealColumn], sort: str) -> bool:
    """Whether `sort_deals` puts the newest deals first, for want of a column."""
    return _sorted_by(columns, sort) is None


def _sorted_by(columns: Sequence[DealColumn], sort: str) -> DealColumn | None:
    return next((column for column in columns if column.key == sort.removeprefix("-")), None)


def sort_deals(deals: QuerySet[Deal], columns: Sequence[DealColumn], sort: str) -> QuerySet[Deal]:
    """By the column named in `sort`, downwards with a minus before it; the unknown and empty stand last.

    The newest first where there is no such column.
    """
    column = _sorted_by(columns, sort)
    if column is None:
        return deals.order_by("-pk")
    if column.field is not None:
        own = Q(field_values__field=column.field.pk)
        deals = deals.annotate(sorted_value=FilteredRelation("field_values", condition=own))
    value = F(column.sorts_by) if isinstance(column.sorts_by, str) else column.sorts_by
    # Not `nulls_last`: no index of SQLite can have that. And where nothing can be empty, the plain index will do.
    empty_last = [] if column.sorts_by in NEVER_EMPTY else [IsNull(value, rhs=True)]
    if sort.startswith("-"):
        return deals.order_by(*empty_last, value.desc(), "-pk")
    return deals.order_by(*empty_last, value.asc(), "pk")


def with_columns(deals: QuerySet[Deal], columns: Iterable[DealColumn]) -> QuerySet[Deal]:
    """The deals with all that their rows show; two queries once a page of them is read."""
    fields = [column.field.pk for column in columns if column.field is not None]
    tasks = Task.objects.unfinished().filter(deal=OuterRef("pk")).order_by("due_at", "pk")
    return (
        deals.select_related("client", "status", "manager")
        .annotate(
            next_all_day=Subquery(tasks.values("all_day")[:1]),
            next_task=Subquery(tasks.values("pk")[:1]),
        )
        .prefetch_related(
            Prefetch("field_values", FieldValue.objects.filter(field__in=fields), to_attr="shown_values")
        )
        .defer("order_json", "extra")
    )


@dataclass(frozen=True)
class Cell:
    column: DealColumn
    value: str = ""


@dataclass(frozen=True)
class Row:
    deal: Deal
    cells: list[Cell]


def rows_of(deals: Iterable[Deal], columns: Sequence[DealColumn]) -> list[Row]:
    return [Row(deal, _cells(deal, columns)) for deal in deals]


def _cells(deal: Deal, columns: Sequence[DealColumn]) -> list[Cell]:
    texts = {one.field_id: one.text for one in deal.shown_values}  # type: ignore[attr-defined]  # with_columns
    return [Cell(column, texts.get(column.field.pk, "") if column.field else "") for column in columns]
