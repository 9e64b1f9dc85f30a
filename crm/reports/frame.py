"""What the frame of every page shows, in one query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, CharField, Count, F, IntegerField, Value

from crm.models import SavedView, Task, User


@dataclass(frozen=True)
class Frame:
    """`overdue` tasks of the person; `views` that he can open, his own in their order before those of others."""

    overdue: int = 0
    views: list[SavedView] = field(default_factory=list)

    def views_of(self, page: str) -> list[SavedView]:
        return [view for view in self.views if view.page == page]


def read_frame(user: User, at: datetime | None = None) -> Frame:
    text, number, flag = Value("", CharField()), Value(0, IntegerField()), Value(False, BooleanField())  # noqa: FBT003
    tasks = (
        Task.objects.overdue(at)
        .filter(assignee=user)
        .order_by()
        .values(on=text, called=text, asks=text, owned_by=number, place=number, shared=flag, default=flag)
        .annotate(number=Count("pk"))
    )
    views = (
        SavedView.objects.visible_to(user)
        .with_default_of(user)
        .order_by()
        .values(
            on=F("page"),
            called=F("name"),
            asks=F("query"),
            owned_by=F("owner"),
            place=F("position"),
            shared=F("is_shared"),
            default=F("is_default"),
            number=F("pk"),
        )
    )
    rows = list(tasks.union(views, all=True))
    found = [_view(row) for row in rows if row["on"]]
    found.sort(
        key=lambda view: (view.owner_id != user.pk, view.position if view.owner_id == user.pk else 0, view.name)
    )
    return Frame(overdue=sum(row["number"] for row in rows if not row["on"]), views=found)


def _view(row: dict[str, Any]) -> SavedView:
    view = SavedView(
        pk=row["number"],
        page=row["on"],
        name=row["called"],
        query=row["asks"],
        owner_id=row["owned_by"],
        position=row["place"],
        is_shared=row["shared"],
    )
    view.is_default = bool(row["default"])  # type: ignore[attr-defined]  # as `with_default_of` has it
    return view
