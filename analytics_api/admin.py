"""The log of calls and the failed log-ins at /analytics, to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from analytics_api.actions import ACTIONS
from analytics_api.call_log import as_lines
from analytics_api.models import CallLog, FailedAccess
from crm.admin.base import ReadOnlyAdmin
from crm.admin.pretty import as_table, moment_column
from crm.admin.search import number_in
from crm.models import Integration

AT = moment_column("at", _("at"))


class IntegrationFilter(admin.SimpleListFilter):
    title = _("integration")
    parameter_name = "integration"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(account.pk), account.login) for account in Integration.objects.select_related("user")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallLog]) -> QuerySet[CallLog]:
        value = self.value()
        return queryset.filter(integration_id=value) if value in dict(self.lookup_choices) else queryset


class ActionFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in ACTIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallLog]) -> QuerySet[CallLog]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """One outcome, or all that somebody should look at."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("not_ok", _("To be looked at")), *CallLog.Outcome.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallLog]) -> QuerySet[CallLog]:
        value = self.value()
        if value == "not_ok":
            return queryset.exclude(outcome=CallLog.Outcome.OK)
        return queryset.filter(outcome=value) if value else queryset


@admin.register(CallLog)
class CallLogAdmin(ReadOnlyAdmin[CallLog]):
    list_display = [AT, "integration", "action", "outcome", "beginning", "shown_number", "rows", "duration"]
    list_display_links = [AT]
    list_filter = [OutcomeFilter, ActionFilter, IntegrationFilter]
    list_select_related = ["integration__user"]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["number"]
    search_help_text = _("Number of what was written.")
    fields = [
        "at",
        "integration",
        "action",
        "outcome",
        "message",
        "shown_parameters",
        "shown_number",
        "rows",
        "duration",
        "address",
    ]
    readonly_fields = ["shown_parameters", "shown_number", "duration"]

    @admin.display(description=_("message"))
    def beginning(self, call: CallLog) -> str:
        return Truncator(call.message).chars(100)

    @admin.display(description=_("number"))
    def shown_number(self, call: CallLog) -> str:
        return f"#{call.number}" if call.number is not None else "-"

    @admin.display(description=_("duration, ms"))
    def duration(self, call: CallLog) -> str:
        return f"{call.duration_ms:.1f}"

    @admin.display(description=_("parameters"))
    def shown_parameters(self, call: CallLog) -> SafeString | str:
        return as_table({name: as_lines(text) for name, text in call.parameters.items()})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CallLog], search_term: str
    ) -> tuple[QuerySet[CallLog], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(number=number_in(search_term) or 0), False


@admin.register(FailedAccess)
class FailedAccessAdmin(ReadOnlyAdmin[FailedAccess]):
    list_display = [moment_column("window", _("since")), "address", "count"]
    list_display_links = None
    sortable_by = ()
    search_fields = ["address"]
    fields = ["window", "address", "count"]
