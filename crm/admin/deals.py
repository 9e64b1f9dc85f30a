"""Deals."""

from typing import Any

import orjson
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.admin.base import Context, NumberedAdmin, at_most, person
from crm.admin.deal_form import COLUMNS, DealForm, form_name, shown_fields
from crm.admin.filters import ManagerFilter
from crm.admin.links import list_link
from crm.admin.pretty import as_table, moment_column, money, pretty_json, status_badge
from crm.admin.search import clients_with, contact_in, contains, is_marked_number, number_in
from crm.models import Change, Deal
from crm.models.deal import DealQuerySet
from crm.services.deals import locked, restore_deal, trash_deal

ADMIN = Change.Via.ADMIN
CREATED = moment_column("created_at", _("created"))


@admin.register(Deal)
class DealAdmin(NumberedAdmin[Deal]):
    form = DealForm
    list_display = ["shown_number", "title", "client", "shown_status", "shown_price", "manager", CREATED]
    list_display_links = ["shown_number", "title"]
    list_filter = ["status", ManagerFilter, ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["client", "status", "manager"]
    sortable_by = ["shown_number", CREATED]  # type: ignore[list-item]  # a column may be a function
    ordering = ["-pk"]
    search_fields = ["pk"]  # opens the box; `get_search_results` does the work
    search_help_text = _("Number, phone, e-mail, visit, or a part of the title.")
    autocomplete_fields = ["client"]
    actions = ["trash", "restore"]
    readonly_fields = [
        "shown_number",
        "made_by",
        "changed_at",
        "closed_at",
        "trashed_at",
        "activities",
        "what_came",
        "export",
    ]
    delete_confirmation_template = "admin/crm/deal/trash.html"

    @admin.display(description=_("status"))
    def shown_status(self, deal: Deal) -> SafeString:
        return status_badge(deal.status)

    @admin.display(description=_("price"))
    def shown_price(self, deal: Deal) -> str:
        return money(deal.price)

    @admin.display(description=_("created by"))
    def made_by(self, deal: Deal) -> str:
        return str(deal.created_by or _("The system"))

    @admin.display(description=_("activities"))
    def activities(self, deal: Deal) -> SafeString:
        kinds = [
            ("crm.message", _("Messages")),
            ("crm.task", _("Tasks")),
            ("crm.call", _("Calls")),
        ]
        return format_html_join(" · ", "{}", ((list_link(model, text, deal=deal.pk),) for model, text in kinds))

    @admin.display(description=_("what no field matched"))
    def what_came(self, deal: Deal) -> SafeString | str:
        return as_table(deal.extra)

    @admin.display(description=_("what the analytics service sees"))
    def export(self, deal: Deal) -> SafeString:
        return pretty_json(orjson.loads(deal.order_json))

    def get_fieldsets(self, request: HttpRequest, obj: Deal | None = None) -> Any:
        fieldsets: list[tuple[Any, Any]] = [(None, {"fields": [*COLUMNS, "seen"]})]
        if custom := [form_name(field) for field in shown_fields()]:
            fieldsets.append((_("Custom fields"), {"fields": custom}))
        if obj is not None:
            fieldsets.append((_("Record"), {"fields": self.readonly_fields}))
        return fieldsets

    def get_form(self, request: HttpRequest, obj: Deal | None = None, *args: Any, **kwargs: Any) -> Any:
        # The custom fields are no columns: the form adds them itself.
        return super().get_form(request, obj, *args, **{**kwargs, "fields": COLUMNS})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Deal | None:
        deal = super().get_object(request, object_id, from_field)
        # Whoever saves sees the deal as nobody changes it any more.
        return locked(deal) if deal is not None and request.method == "POST" else deal

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Deal], search_term: str
    ) -> tuple[QuerySet[Deal], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        number, contact = number_in(term), contact_in(term)
        if is_marked_number(term):
            return queryset.filter(pk=number or 0), False
        found = Q(visit=term) | Q(client__in=clients_with(contact))
        if number is not None:
            found |= Q(pk=number)
        elif contact is None:
            found |= contains(term, "title")
        return queryset.filter(found), False

    def save_model(self, request: HttpRequest, obj: Deal, form: Any, change: Any) -> None:
        if change:
            form.change(by=person(request), via=ADMIN)
        else:
            obj.pk = form.create(by=person(request), via=ADMIN).pk

    def has_delete_permission(self, request: HttpRequest, obj: Deal | None = None) -> bool:
        return obj is None or obj.trashed_at is None

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Nothing is lost with a deal in the trash."""
        return [], {}, set(), []

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Context = None) -> HttpResponse:
        title = gettext("Move to the trash")
        return super().delete_view(request, object_id, {"title": title, **(extra_context or {})})

    def delete_model(self, request: HttpRequest, obj: Deal) -> None:
        trash_deal(deal=obj, by=person(request), via=ADMIN)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        self.message_user(
            request, gettext("“%(deal)s” is in the trash now.") % {"deal": obj_display}, messages.SUCCESS
        )
        return HttpResponseRedirect(reverse("admin:crm_deal_changelist"))

    @admin.action(description=_("Move the selected deals to the trash"))
    def trash(self, request: HttpRequest, queryset: QuerySet[Deal]) -> None:
        deals = at_most(queryset.filter(trashed_at=None))
        for deal in deals:
            trash_deal(deal=deal, by=person(request), via=ADMIN)
        message = ngettext("%(count)d deal is in the trash now.", "%(count)d deals are in the trash now.", len(deals))
        self.message_user(request, message % {"count": len(deals)}, messages.SUCCESS)

    @admin.action(description=_("Restore the selected deals from the trash"))
    def restore(self, request: HttpRequest, queryset: DealQuerySet) -> None:
        deals = at_most(queryset.in_trash())
        for deal in deals:
            restore_deal(deal=deal, by=person(request), via=ADMIN)
        message = ngettext("%(count)d deal is restored.", "%(count)d deals are restored.", len(deals))
        self.message_user(request, message % {"count": len(deals)}, messages.SUCCESS)
