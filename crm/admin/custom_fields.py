"""Custom fields of deals, and the labels that those of type choice offer."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.admin.base import RecordAdmin, person
from crm.admin.choices import ChoiceInline, RenameForm
from crm.admin.form_page import form_page
from crm.admin.links import record_url
from crm.forms.guarded import GuardedForm
from crm.models import Change, CustomField, FieldChoice
from crm.services.custom_fields import (
    add_field,
    change_field,
    check_field,
    delete_field,
    field_is_used,
    next_position,
)
from crm.services.field_choices import DEALS, rename_choice

COLUMNS = ("name", "type", "position", "is_required", "on_card", "on_board", "on_list", "is_archived")


class CustomFieldForm(GuardedForm[CustomField]):
    class Meta:
        model = CustomField
        fields = COLUMNS

    def guard(self, row: CustomField) -> None:
        check_field(row)


@admin.register(CustomField)
class CustomFieldAdmin(RecordAdmin[CustomField]):
    form = CustomFieldForm
    fields = COLUMNS
    inlines = [ChoiceInline]
    list_display = ["name", "position", "type", "is_required", "on_card", "on_board", "on_list", "archived"]
    list_editable = ["position"]
    sortable_by = ()

    @admin.display(description=gettext_lazy("archived"))
    def archived(self, field: CustomField) -> str:
        return _("archived") if field.is_archived else "-"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ChangeList  # positions are edited in the list, and a formset wants Django's own

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"position": next_position(), **super().get_changeform_initial_data(request)}

    def get_inlines(self, request: HttpRequest, obj: CustomField | None) -> list[Any]:
        return [] if obj is not None and obj.type != CustomField.Type.CHOICE else [ChoiceInline]

    def save_model(self, request: HttpRequest, obj: CustomField, form: Any, change: Any) -> None:
        made: dict[str, Any] = {"by": person(request), "via": Change.Via.ADMIN}
        if change:
            change_field(field=obj, **made, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            obj.pk = add_field(**made, **form.cleaned_data).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        formset.save_by_services(by=person(request))

    def has_delete_permission(self, request: HttpRequest, obj: CustomField | None = None) -> bool:
        return obj is None or not field_is_used(obj)

    def delete_model(self, request: HttpRequest, obj: CustomField) -> None:
        delete_field(field=obj, by=person(request), via=Change.Via.ADMIN)

    def get_urls(self) -> list[Any]:
        rename = self.admin_site.admin_view(self.rename_view)
        return [
            path("<int:field_id>/choices/<int:choice_id>/", rename, name="crm_customfield_rename_choice"),
            *super().get_urls(),
        ]

    def rename_view(self, request: HttpRequest, field_id: int, choice_id: int) -> HttpResponse:
        """Rename a choice. Outside any transaction: the service rewrites the deals in many short ones."""
        choice = get_object_or_404(FieldChoice.objects.select_related("field"), pk=choice_id, field=field_id)
        form = RenameForm(request.POST or None, initial={"label": choice.label})
        if request.method == "POST" and form.is_valid():
            try:
                renamed, deals = rename_choice(
                    choice=choice, label=form.cleaned_data["label"], by=person(request), via=Change.Via.ADMIN
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.log_change(request, choice.field, [{"changed": {"name": "choice", "object": renamed.label}}])
                done = ngettext("Renamed; %(count)d deal rewritten.", "Renamed; %(count)d deals rewritten.", deals)
                if deals > DEALS:
                    done = ngettext(
                        "%(count)d deal is being rewritten in the background.",
                        "%(count)d deals are being rewritten in the background.",
                        deals,
                    )
                self.message_user(request, done % {"count": deals}, messages.SUCCESS)
                return HttpResponseRedirect(record_url(choice.field))
        return form_page(
            request,
            self,
            choice.field,
            form,
            title=_("Rename “%(label)s”") % {"label": choice.label},
            explanation=_(
                "The deals that hold this choice are rewritten, and the analytics service fetches them again. A second"
                " does for some 2,000."
            ),
            submit=_("Rename"),
        )
