"""Clients with their phones and e-mails, and pairs of them that may be one person."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.admin.base import NumberedAdmin, ReadOnlyAdmin, at_most, person
from crm.admin.client_form import COLUMNS, NAME, ClientForm, ContactForm, ContactFormSet
from crm.admin.filters import DecisionFilter, ManagerFilter
from crm.admin.links import list_link, record_link
from crm.admin.pretty import moment_column
from crm.admin.search import clients_with, contact_in, contains, is_marked_number, number_in
from crm.generics import TabularInline
from crm.models import Change, Client, Contact, ProbableDuplicates
from crm.models.client import ClientQuerySet
from crm.services.clients import dismiss_duplicates

ADMIN = Change.Via.ADMIN
CREATED = moment_column("created_at", _("created"))


class ContactInline(TabularInline[Contact, Client]):
    model = Contact
    form = ContactForm
    formset = ContactFormSet
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Client)
class ClientAdmin(NumberedAdmin[Client]):
    form = ClientForm
    inlines = [ContactInline]
    list_display = [
        "shown_number",
        "shown_name",
        "company",
        "contacts",
        "manager",
        CREATED,
    ]
    list_display_links = ["shown_number", "shown_name"]
    list_filter = [ManagerFilter]
    list_select_related = ["manager"]
    sortable_by = ["shown_number"]
    ordering = ["-pk"]
    search_fields = ["pk"]  # opens the box; `get_search_results` does the work
    search_help_text = _("Number, phone, e-mail, or a part of the name or the company.")
    readonly_fields = ["shown_number", "created_at", "changed_at", "merged_into", "trashed_at", "related"]

    @admin.display(description=NAME)
    def shown_name(self, client: Client) -> str:
        return str(client)

    @admin.display(description=_("contacts"))
    def contacts(self, client: Client) -> SafeString:
        return format_html_join(", ", "{}", ((contact,) for contact in client.contacts.all()))

    @admin.display(description=_("deals and activities"))
    def related(self, client: Client) -> SafeString:
        kinds = [
            ("crm.deal", _("Deals")),
            ("crm.message", _("Messages")),
            ("crm.task", _("Tasks")),
            ("crm.call", _("Calls")),
        ]
        return format_html_join(" · ", "{}", ((list_link(model, text, client=client.pk),) for model, text in kinds))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        clients = super().get_queryset(request).prefetch_related("contacts")
        # Whoever is chosen for a deal is neither merged into another nor in the trash.
        if not request.path.endswith("/autocomplete/"):
            return clients
        assert isinstance(clients, ClientQuerySet)
        return clients.present()

    def get_fieldsets(self, request: HttpRequest, obj: Client | None = None) -> Any:
        fieldsets: list[tuple[Any, Any]] = [(None, {"fields": [*COLUMNS, "seen"]})]
        if obj is not None:
            fieldsets.append((_("Record"), {"fields": self.readonly_fields}))
        return fieldsets

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> tuple[QuerySet[Client], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        number, contact = number_in(term), contact_in(term)
        if is_marked_number(term):
            return queryset.filter(pk=number or 0), False
        found = Q(pk__in=clients_with(contact))
        if number is not None:
            found |= Q(pk=number)
        elif contact is None:
            found |= contains(term, "name", "company")
        return queryset.filter(found), False

    def has_change_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        return obj is None or (obj.merged_into is None and obj.trashed_at is None)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: Any) -> None:
        if change:
            form.change(by=person(request), via=ADMIN)
        else:
            obj.pk = form.create(by=person(request), via=ADMIN).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        # What the page's history says was added, changed and deleted.
        formset.new_objects = [row.save(commit=False) for row in formset.extra_forms if row.has_changed()]
        formset.changed_objects = [
            (row.instance, row.changed_data) for row in formset.initial_forms if row.has_changed()
        ]
        formset.deleted_objects = [row.instance for row in formset.deleted_forms]
        formset.set(by=person(request), via=ADMIN)


@admin.register(ProbableDuplicates)
class ProbableDuplicatesAdmin(ReadOnlyAdmin[ProbableDuplicates]):
    list_display = [
        "shown_first",
        "shown_second",
        moment_column("found_at", _("found")),
        moment_column("dismissed_at", _("found to be different")),
    ]
    list_display_links = None
    list_filter = [DecisionFilter]
    list_select_related = ["first", "second"]
    sortable_by = ()
    actions = ["dismiss"]

    @admin.display(description=_("client"))
    def shown_first(self, pair: ProbableDuplicates) -> SafeString | str:
        return record_link(pair.first, f"#{pair.first_id} {pair.first}")

    @admin.display(description=_("other client"))
    def shown_second(self, pair: ProbableDuplicates) -> SafeString | str:
        return record_link(pair.second, f"#{pair.second_id} {pair.second}")

    @admin.action(description=_("The selected pairs are different clients"))
    def dismiss(self, request: HttpRequest, queryset: QuerySet[ProbableDuplicates]) -> None:
        pairs = at_most(queryset.filter(dismissed_at=None))
        for pair in pairs:
            dismiss_duplicates(pair=pair)
        message = ngettext(
            "%(count)d pair is kept apart from now on.", "%(count)d pairs are kept apart from now on.", len(pairs)
        )
        self.message_user(request, message % {"count": len(pairs)}, messages.SUCCESS)
