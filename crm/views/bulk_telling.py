"""What is done to many deals, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Bulk, CustomField, Deal, Status, Task, User
from crm.reports.changes import column_label
from crm.templatetags.display import day, money, when

Left = Bulk.Left

# Of a long list of deals the page names so many.
NAMED = 50


@dataclass(frozen=True)
class Group:
    """Records that a deed left, or that undoing left, for one reason: what the page says, and some of them."""

    said: str
    rows: list[Model]
    unnamed: int


class Names:
    """Names for the keys in parameters, each kind asked for once."""

    @cached_property
    def statuses(self) -> dict[int, Status]:
        return Status.objects.in_bulk()

    @cached_property
    def people(self) -> dict[int, User]:
        return {user.pk: user for user in User.objects.all()}

    @cached_property
    def fields(self) -> dict[int, CustomField]:
        return CustomField.objects.in_bulk()


def heading_of(bulk: Bulk, names: Names) -> str:
    """What the deed is, as far as it is said."""
    said = bulk.parameters
    if bulk.deed == Bulk.Deed.STATUS and "status" in said:
        return _("Move to “%(status)s”") % {"status": names.statuses.get(said["status"], "?")}
    if bulk.deed == Bulk.Deed.MANAGER and "manager" in said:
        manager = names.people.get(said["manager"])
        return _("Hand over to %(who)s") % {"who": manager} if manager else _("Leave without a manager")
    if bulk.deed == Bulk.Deed.FIELD:
        return _heading_of_field(said, names)
    if bulk.deed == Bulk.Deed.TASK and "due_at" in said:
        due_at = datetime.fromisoformat(said["due_at"])
        due = day(due_at) if said["all_day"] else when(due_at)
        return _("Plan “%(text)s” for %(due)s") % {"text": Truncator(said["text"]).chars(60), "due": due}
    return {
        Bulk.Deed.STATUS: _("Move to another status"),
        Bulk.Deed.MANAGER: _("Hand over to another manager"),
        Bulk.Deed.TASK: _("Plan a task"),
        Bulk.Deed.TRASH: _("Move to the trash"),
    }[Bulk.Deed(bulk.deed)]


def _heading_of_field(said: Mapping[str, Any], names: Names) -> str:
    name, text = said["name"], said.get("text")
    is_column = isinstance(name, str)
    label = capfirst(str(column_label(Deal, name))) if is_column else str(names.fields.get(name, "?"))
    if text is None:
        return _("Change “%(field)s”") % {"field": label}
    if not text:
        return _("Empty “%(field)s”") % {"field": label}
    shown = money(Decimal(text)) if name in ("price", "cost") else Truncator(text).chars(60)
    return _("“%(field)s” becomes “%(value)s”") % {"field": label, "value": shown}


def told_left(left: Mapping[str, int]) -> list[str]:
    """Why deals stay as they are: a sentence for each reason, with their number."""
    return [_said_of_left(reason, count) for reason, count in left.items()]


def left_groups(bulk: Bulk, *, viewer: User) -> list[Group]:
    return [
        Group(_said_of_left(reason, len(numbers)), *_named(Deal.objects.visible_to(viewer), numbers))
        for reason, numbers in bulk.left.items()
    ]


def kept_groups(bulk: Bulk, *, viewer: User) -> list[Group]:
    """What undoing left as it was."""
    by_reason: dict[str, list[int]] = {}
    for number, reason in bulk.kept:
        by_reason.setdefault(reason, []).append(number)
    rows = (Task.objects if bulk.deed == Bulk.Deed.TASK else Deal.objects).visible_to(viewer)
    return [
        Group(_said_of_kept(reason, len(dict.fromkeys(numbers))), *_named(rows, dict.fromkeys(numbers)))
        for reason, numbers in by_reason.items()
    ]


def _named(rows: Any, numbers: Iterable[int]) -> tuple[list[Model], int]:
    numbers = list(numbers)
    named = list(rows.filter(pk__in=numbers[:NAMED]).order_by("pk"))
    return named, len(numbers) - len(named)


def _said_of_left(reason: str, count: int) -> str:
    said = {
        Left.SAME: ngettext(
            "%(n)d deal is so already and stays as it is.", "%(n)d deals are so already and stay as they are.", count
        ),
        Left.TRASHED: ngettext(
            "%(n)d deal is in the trash and stays as it is.",
            "%(n)d deals are in the trash and stay as they are.",
            count,
        ),
        Left.HIDDEN: ngettext(
            "%(n)d deal is not there any more, or not yours to see.",
            "%(n)d deals are not there any more, or not yours to see.",
            count,
        ),
        Left.RIGHTS: ngettext(
            "%(n)d deal stays as it is: who began this may change nothing any more.",
            "%(n)d deals stay as they are: who began this may change nothing any more.",
            count,
        ),
        Left.GONE: ngettext(
            "%(n)d deal stays as it is: what was to be set is no more.",
            "%(n)d deals stay as they are: what was to be set is no more.",
            count,
        ),
    }
    return said[Left(reason)] % {"n": count}


def _said_of_kept(reason: str, count: int) -> str:
    said = {
        "changed": ngettext(
            "%(n)d was changed since, and stays as it is.", "%(n)d were changed since, and stay as they are.", count
        ),
        "hidden": ngettext(
            "%(n)d is not yours to see any more, and stays as it is.",
            "%(n)d are not yours to see any more, and stay as they are.",
            count,
        ),
        "gone": ngettext(
            "%(n)d stays as it is: what was there before is no more.",
            "%(n)d stay as they are: what was there before is no more.",
            count,
        ),
    }
    return said[reason] % {"n": count}
