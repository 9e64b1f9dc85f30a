"""Who was shut out for guessing (django-axes keeps it); who logged in stands in the settings."""

from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin.base import ReadOnlyAdmin, at_most
from crm.admin.pretty import moment_column

AT = moment_column("attempt_time", _("at"))


@admin.register(AccessAttempt)
class FailedSignInAdmin(ReadOnlyAdmin[AccessAttempt]):
    list_display = [AT, "username", "ip_address", "failures_since_start", "user_agent"]
    list_display_links = None
    sortable_by = ()
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "failures_since_start", "user_agent"]
    actions = ["let_in_again"]

    @admin.action(description=_("Let the selected people try again at once"))
    def let_in_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for attempt in at_most(queryset):
            reset(username=attempt.username, ip=attempt.ip_address)
        self.message_user(request, _("They can try again."), messages.SUCCESS)
