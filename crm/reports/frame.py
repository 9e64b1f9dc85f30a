"""What the frame around every page counts, in one query."""

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from crm.models import Notification, Task, User


@dataclass(frozen=True)
class Bell:
    """How much a person has not read; `latest` is the newest of it, 0 where there is none."""

    unread: int = 0
    latest: int = 0

    @property
    def version(self) -> str:
        return f"{self.latest}-{self.unread}"


@dataclass(frozen=True)
class FrameCounts:
    overdue: int = 0
    bell: Bell = Bell()


def count_for_frame(person: User) -> FrameCounts:
    tasks = Task.objects.overdue().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    unread = Notification.objects.visible_to(person).unread().order_by().values("person")
    overdue, count, latest = (
        User.objects.filter(pk=person.pk)
        .values_list(
            Coalesce(Subquery(tasks.values(n=Count("pk"))), 0),
            Coalesce(Subquery(unread.values(n=Count("pk"))), 0),
            Coalesce(Subquery(unread.values(n=Max("pk"))), 0),
        )
        .get()
    )
    return FrameCounts(overdue, Bell(count, latest))


def read_bell(person: User) -> Bell:
    """The bell alone, which pages ask for every few seconds."""
    found = Notification.objects.visible_to(person).unread().aggregate(n=Count("pk"), latest=Max("pk"))
    return Bell(found["n"], found["latest"] or 0)
