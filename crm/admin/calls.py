"""Telephone calls, as the telephony reported them, and the firm's own numbers."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.admin.activities import ActivityAdmin
from crm.admin.base import ReadOnlyAdmin, RecordAdmin, person
from crm.admin.filters import ManagerFilter
from crm.admin.pretty import as_table, moment_column, outside_link
from crm.admin.search import Found, contains
from crm.forms.guarded import GuardedForm
from crm.models import Call, Change, Contact, FirmPhone
from crm.services.firm_phones import check_firm_phone, delete_firm_phone, save_firm_phone

# Calls keep numbers in the telephony's notation; these last digits are the same in all of them.
SAME_DIGITS = 10

STARTED = moment_column("started_at", _("started"))


@admin.register(Call)
class CallAdmin(ActivityAdmin[Call], ReadOnlyAdmin[Call]):
    list_display = ["shown_number", STARTED, "direction", "status", "caller", "callee", "subject", "duration"]
    list_display_links = ["shown_number"]
    list_filter = ["direction", "status", ManagerFilter, ("started_at", admin.DateFieldListFilter)]
    list_select_related = ["deal", "client", "manager", "account"]
    subjects = ("deal", "client")
    ordering = ["-started_at", "-pk"]
    sortable_by = ["shown_number", STARTED]  # type: ignore[list-item]  # a column may be a function
    fields = [
        "shown_number",
        "subject",
        "direction",
        "status",
        "raw_status",
        "caller",
        "callee",
        "started_at",
        "duration",
        "record",
        "manager",
        "visit",
        "marker",
        "reported_by",
        "outside_id",
        "unreadable",
    ]
    readonly_fields = ["shown_number", "subject", "record", "reported_by", "outside_id", "unreadable"]

    @admin.display(description=_("record"))
    def record(self, call: Call) -> SafeString | str:
        return outside_link(call.file_url)

    @admin.display(description=_("reported by"))
    def reported_by(self, call: Call) -> str:
        return str(call.account or "-")

    @admin.display(description=_("unreadable values"))
    def unreadable(self, call: Call) -> SafeString | str:
        return as_table(call.unread)

    def found_by_contact(self, contact: Found) -> Q:
        found, (kind, normalised) = super().found_by_contact(contact), contact
        if kind == Contact.Kind.PHONE:
            digits = normalised[-SAME_DIGITS:]
            found |= Q(caller__endswith=digits) | Q(callee__endswith=digits)
        return found

    def found_by_text(self, term: str) -> Q:
        return contains(term, "caller", "callee", "marker")


class FirmPhoneForm(GuardedForm[FirmPhone]):
    class Meta:
        model = FirmPhone
        fields = ["entered"]

    def guard(self, row: FirmPhone) -> None:
        check_firm_phone(row)


@admin.register(FirmPhone)
class FirmPhoneAdmin(RecordAdmin[FirmPhone]):
    form = FirmPhoneForm
    list_display = ["entered", "normalised"]
    sortable_by = ()

    def has_delete_permission(self, request: HttpRequest, obj: FirmPhone | None = None) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: FirmPhone, form: Any, change: Any) -> None:
        save_firm_phone(phone=obj, by=person(request), via=Change.Via.ADMIN)

    def delete_model(self, request: HttpRequest, obj: FirmPhone) -> None:
        delete_firm_phone(phone=obj, by=person(request), via=Change.Via.ADMIN)
