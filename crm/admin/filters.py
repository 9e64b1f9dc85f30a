"""Filters beside the lists; each asks the database for a short list at most."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.models import User
from crm.models.task import TaskQuerySet


class PersonFilter(admin.SimpleListFilter):
    """By one of the people who work here, or nobody; a subclass names the column."""

    column = ""
    nobody = "none"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        people = [(str(user.pk), str(user)) for user in User.objects.people()]
        return [*people, (self.nobody, _("Nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**{f"{self.column}_id": None if value == self.nobody else value})


class ManagerFilter(PersonFilter):
    title = _("manager")
    parameter_name = column = "manager"


class AssigneeFilter(PersonFilter):
    title = _("assignee")
    parameter_name = column = "assignee"


class DecisionFilter(admin.SimpleListFilter):
    """Of probable duplicates: those that people have yet to look at."""

    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("To be decided")), ("different", _("Different clients"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("open", "different"):
            return queryset.filter(dismissed_at__isnull=self.value() == "open")
        return queryset


class TaskStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("unfinished", _("Unfinished")), ("done", _("Done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        assert isinstance(queryset, TaskQuerySet)
        match self.value():
            case "overdue":
                return queryset.overdue()
            case "unfinished":
                return queryset.unfinished()
            case "done":
                return queryset.exclude(done_at=None)
        return queryset
