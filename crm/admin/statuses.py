"""Statuses: their order, colours and kinds."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.admin.base import RecordAdmin, person
from crm.admin.pretty import status_badge
from crm.forms.guarded import GuardedForm
from crm.models import Change, Status
from crm.services.statuses import (
    add_status,
    change_status,
    check_status,
    delete_status,
    next_position,
    status_was_used,
)

COLUMNS = ("name", "kind", "palette", "position", "on_board", "stale_after", "is_archived")


class StatusForm(GuardedForm[Status]):
    class Meta:
        model = Status
        fields = COLUMNS

    def guard(self, row: Status) -> None:
        check_status(row)


@admin.register(Status)
class StatusAdmin(RecordAdmin[Status]):
    form = StatusForm
    fields = COLUMNS
    list_display = ["badge", "position", "kind", "on_board", "stale_after", "archived"]
    list_editable = ["position"]
    sortable_by = ()

    @admin.display(description=_("name"))
    def badge(self, status: Status) -> SafeString:
        return status_badge(status)

    @admin.display(description=_("archived"))
    def archived(self, status: Status) -> str:
        return str(_("archived")) if status.is_archived else "-"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ChangeList  # positions are edited in the list, and a formset wants Django's own

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"position": next_position(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Status, form: Any, change: Any) -> None:
        made: dict[str, Any] = {"by": person(request), "via": Change.Via.ADMIN}
        if change:
            change_status(status=obj, **made, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            obj.pk = add_status(**made, **form.cleaned_data).pk

    def has_delete_permission(self, request: HttpRequest, obj: Status | None = None) -> bool:
        return obj is None or not status_was_used(obj)

    def delete_model(self, request: HttpRequest, obj: Status) -> None:
        delete_status(status=obj, by=person(request), via=Change.Via.ADMIN)
