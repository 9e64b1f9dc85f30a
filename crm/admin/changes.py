"""The history of records, as the services wrote it down."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from crm.admin.base import ReadOnlyAdmin
from crm.admin.filters import PersonFilter
from crm.admin.links import list_link
from crm.admin.pretty import moment_column
from crm.admin.search import number_in
from crm.models import Call, Change, Client, CustomField, Deal, Status, Task, User

# Fields whose values the history keeps as keys of people.
PEOPLE = ("manager", "assignee")
LONGEST = 100
AT = moment_column("at", _("at"))


class AuthorFilter(PersonFilter):
    title = _("by")
    parameter_name = column = "by"


class Columns:
    """Columns that put names for the keys in the history; the names are asked for once a list."""

    def __init__(self) -> None:
        self.fields = {
            field.name: str(getattr(field, "verbose_name", field.name))
            for model in (Call, Client, Task, Deal)
            for field in model._meta.get_fields()
        } | {f"field:{field.pk}": field.name for field in CustomField.objects.all()}
        self.statuses = {status.pk: status.name for status in Status.objects.all()}
        self.people = {user.pk: str(user) for user in User.objects.all()}

    @admin.display(description=_("field"))
    def field(self, change: Change) -> str:
        return self.fields.get(change.field, change.field)

    @admin.display(description=_("old value"))
    def old(self, change: Change) -> str:
        return self._shown(change.field, change.old)

    @admin.display(description=_("new value"))
    def new(self, change: Change) -> str:
        return self._shown(change.field, change.new)

    def _shown(self, field: str, value: Any) -> str:
        if value in (None, ""):
            return "—"
        if field == "client":
            return f"#{value}"
        names = self.statuses if field == "status" else self.people if field in PEOPLE else {}
        return Truncator(names.get(value, value) if names else value).chars(LONGEST)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin[Change]):
    list_display_links = None
    list_filter = [AuthorFilter]
    list_select_related = ["by"]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["number"]
    search_help_text = _("Number of a deal, a client, a task, a message or a call.")
    fields = ["at", "number", "verb", "field", "old", "new", "by", "via"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        return super().get_queryset(request).exclude(field__in=Change.BESIDE_A_MOVE)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = Columns()
        return [AT, "record", "verb", columns.field, columns.old, columns.new, "made_by", "via"]

    @admin.display(description=_("number"))
    def record(self, change: Change) -> SafeString:
        number = f"#{change.number}"
        return list_link("crm.change", number, q=number)

    @admin.display(description=_("by"))
    def made_by(self, change: Change) -> str:
        return str(change.by or _("The system"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Change], search_term: str
    ) -> tuple[QuerySet[Change], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(number=number_in(search_term) or 0), False
