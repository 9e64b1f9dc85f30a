"""What the lists of messages, tasks and calls have in common: each belongs to a deal, a client or a call."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.admin.base import NumberedAdmin
from crm.admin.links import record_link
from crm.admin.search import Found, clients_with, contact_in, deals_of, is_marked_number, number_in
from crm.models import Call, Message, Task

Activity = TypeVar("Activity", Message, Task, Call)


class ActivityAdmin(NumberedAdmin[Activity]):
    """A list of activities, found by their number, that of what they belong to, or the client's phone or e-mail."""

    search_fields = ["pk"]  # opens the box; `get_search_results` does the work
    search_help_text = _("Number, of the deal or the client too, phone, e-mail, or a part of the text.")
    subjects: tuple[str, ...] = ("deal", "client", "call")
    ordering = ["-pk"]
    sortable_by = ["shown_number"]

    @admin.display(description=_("belongs to"))
    def subject(self, row: Activity) -> SafeString | str:
        for name in self.subjects:
            if (owner := getattr(row, name)) is not None:
                return record_link(owner, f"#{owner.pk} {owner}")
        return "-"

    def found_by_contact(self, contact: Found) -> Q:
        clients = clients_with(contact)
        return Q(client__in=clients) | Q(deal__in=deals_of(clients))

    def found_by_text(self, term: str) -> Q:
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Activity], search_term: str
    ) -> tuple[QuerySet[Activity], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        number, contact = number_in(term), contact_in(term)
        if is_marked_number(term) or number is not None:
            found = Q(pk=number or 0)
            for name in self.subjects:
                found |= Q(**{name: number or 0})
            if contact is not None:  # a telephone number is a number, too
                found |= self.found_by_contact(contact)
        elif contact is not None:
            found = self.found_by_contact(contact)
        else:
            found = self.found_by_text(term)
        return queryset.filter(found), False
