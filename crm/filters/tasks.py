"""Which tasks a list shows: whose, and when they are due in days of the installation."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.days import day_begins, today
from crm.filters.addressed import AddressedFilter
from crm.filters.people import ME, of_person, person_choices
from crm.models import Task, User
from crm.models.task import TaskQuerySet

EVERYBODY = "all"


class TaskGroup(models.TextChoices):
    """The groups of the list, in their order; each unfinished task is in exactly one."""

    OVERDUE = "overdue", _("Overdue")
    TODAY = "today", _("Today")
    TOMORROW = "tomorrow", _("Tomorrow")
    LATER = "later", _("Later")
    DONE = "done", _("Done")

    def condition(self, at: datetime) -> Q:
        if self == TaskGroup.DONE:
            return Q(done_at__isnull=False)
        day = today(at)
        tomorrow, day_after = day_begins(day + timedelta(days=1)), day_begins(day + timedelta(days=2))
        since, until = {
            TaskGroup.OVERDUE: (None, at),
            TaskGroup.TODAY: (at, tomorrow),
            TaskGroup.TOMORROW: (tomorrow, day_after),
            TaskGroup.LATER: (day_after, None),
        }[self]
        condition = Q(done_at=None)
        if since is not None:
            condition &= Q(due_at__gte=since)
        return condition & Q(due_at__lt=until) if until is not None else condition

    @property
    def order(self) -> list[str]:
        """What is to be done by due moment, what is done newest first."""
        return ["-done_at", "-pk"] if self == TaskGroup.DONE else ["due_at", "pk"]


class TaskFilter(AddressedFilter):
    """Shows the person's own tasks unless asked for others; to those who have none, everybody's."""

    narrowing = frozenset({"of", "show"})

    of = forms.ChoiceField(label=_("Assignee"), required=False)
    show = forms.ChoiceField(label=_("When"), required=False, choices=[("", _("All")), *TaskGroup.choices])

    def __init__(self, data: Mapping[str, Any], *, user: User, at: datetime | None = None) -> None:
        super().__init__(data, user=user)
        self.at = at or timezone.now()
        self.fields["of"].choices = [(EVERYBODY, _("Everybody")), *person_choices(user)]  # type: ignore[attr-defined]

    @property
    def colleagues(self) -> list[tuple[str, Any]]:
        """Whose tasks can be asked for beside one's own and everybody's."""
        return [choice for choice in self.fields["of"].choices if choice[0] not in (ME, EVERYBODY)]  # type: ignore[attr-defined]

    @property
    def whose(self) -> str:
        """Whose tasks: EVERYBODY or a choice of person_choices."""
        return self.chosen("of") or (ME if self.user.may_write else EVERYBODY)

    @property
    def group(self) -> TaskGroup | None:
        """The one group asked for."""
        return TaskGroup(self.chosen("show")) if self.chosen("show") else None

    def tasks(self) -> TaskQuerySet:
        """The tasks of all groups that the person sees."""
        rows = Task.objects.visible_to(self.user)
        return rows if self.whose == EVERYBODY else rows.filter(of_person("assignee", self.whose, self.user))

    def of_group(self, group: TaskGroup) -> TaskQuerySet:
        return self.tasks().filter(group.condition(self.at)).order_by(*group.order)

    def first_of(self, most: Mapping[TaskGroup, int]) -> TaskQuerySet:
        """The first tasks of each of these groups, so many at most, with their `group`; one query."""
        # A slice is no part of a union on SQLite, but may stand within one.
        selects = [
            Task.objects.filter(pk__in=self.of_group(group).values("pk")[:count]).order_by().values("pk")
            for group, count in most.items()
        ]
        if not selects:
            return Task.objects.none()
        group = Case(*(When(group.condition(self.at), then=Value(group.value)) for group in most))
        found = Task.objects.filter(pk__in=selects[0].union(*selects[1:], all=True)).annotate(group=group)
        return found.order_by("-done_at", "due_at", "pk")
