"""What the pages of all models have in common: they stay quick on millions of rows, and every write is a service's."""

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.admin.links import list_url
from crm.admin.paging import BoundedChangeList, BoundedPaginator
from crm.generics import ModelAdmin
from crm.models import User

Row = TypeVar("Row", bound=Model)
Context = dict[str, Any] | None

# Rows that an action takes at once: each is a write of its own, with its history.
ACTION_ROWS = 200


class RecordAdmin(ModelAdmin[Row]):
    """Lists without a full count; no deletion unless a model's page allows it."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    # Whether the page of a row leads to a history of it.
    has_history = True

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        rows = super().get_queryset(request)
        # The page of one row names the same related rows as the list does.
        related = self.list_select_related
        return rows if isinstance(related, bool) else rows.select_related(*related)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Context = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except ValidationError as error:
            return self.refused(request, error)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Context = None
    ) -> HttpResponse:
        context = {"has_history": self.has_history, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except ValidationError as error:
            return self.refused(request, error)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Context = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            return self.refused(request, error)

    def refused(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        """Say why a service refused what the form had let pass: things changed in between. Nothing was saved."""
        for message in error.messages:
            self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(RecordAdmin[Row]):
    """What other parts of the product write down, to look at."""

    has_history = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class NumberedAdmin(RecordAdmin[Row]):
    """Pages of what has a number: it is shown as "#803", and the history is what the services wrote down."""

    has_history = True

    @admin.display(description=_("number"), ordering="pk")
    def shown_number(self, row: Row) -> str:
        return f"#{row.pk}"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Context = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(list_url("crm.change", q=f"#{unquote(object_id)}"))


def person(request: HttpRequest) -> User:
    """Who is at work: the site lets in nobody but administrators."""
    assert isinstance(request.user, User)
    return request.user


def at_most(queryset: QuerySet[Row]) -> list[Row]:
    """The rows that an action is for, as many as can be on a page."""
    return list(queryset[:ACTION_ROWS])
