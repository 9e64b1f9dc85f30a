"""Accounts of outside systems. A secret is shown in the one answer to the request that made it, and nowhere else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access import person
from crm.admin.base import Context, RecordAdmin
from crm.admin.form_page import form_page
from crm.admin.links import list_link
from crm.admin.pretty import moment_column
from crm.generics import ModelForm
from crm.models import Change, Integration
from crm.services.integrations import add_integration, change_integration, check_login, rotate_secret

LAST_USED = moment_column("last_used_at", gettext_lazy("last used"))
COLUMNS = ("rights", "dialect", "is_active")


class NewIntegrationForm(ModelForm[Integration]):
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=150,
        help_text=gettext_lazy("What the outside system signs in with. It cannot be changed later."),
    )

    field_order = ["login", "rights", "dialect"]

    class Meta:
        model = Integration
        fields = ["rights", "dialect"]

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"]
        check_login(login)
        return login


@admin.register(Integration)
class IntegrationAdmin(RecordAdmin[Integration]):
    list_display = ["shown_login", "rights", "dialect", "is_active", LAST_USED, "calls"]
    list_filter = ["is_active"]
    list_select_related = ["user"]
    sortable_by = ()
    readonly_fields = ("shown_login", "secret", "created_at", "last_used_at", "calls")

    @admin.display(description=gettext_lazy("login"))
    def shown_login(self, integration: Integration) -> str:
        return integration.login

    @admin.display(description=gettext_lazy("secret"))
    def secret(self, integration: Integration) -> SafeString:
        url = reverse("admin:crm_integration_rotate", args=[integration.pk])
        return format_html('{} <a href="{}">{}</a>', _("Not kept in a readable form."), url, _("Rotate the secret"))

    @admin.display(description=gettext_lazy("calls"))
    def calls(self, integration: Integration) -> SafeString:
        return list_link("analytics_api.calllog", _("Log"), integration=integration.pk)

    fieldsets = [(None, {"fields": COLUMNS}), (gettext_lazy("Record"), {"fields": readonly_fields})]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Context = None) -> HttpResponse:
        form = NewIntegrationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            cleaned = form.cleaned_data
            read_only = cleaned["rights"] == Integration.Rights.READ
            integration, secret = add_integration(
                login=cleaned["login"],
                dialect=cleaned["dialect"],
                read_only=read_only,
                by=person(request),
                via=Change.Via.ADMIN,
            )
            self.log_addition(request, integration, [{"added": {}}])
            return self.secret_page(request, integration, secret)
        return form_page(request, self, None, form, title=_("New integration"), submit=_("Create"))

    def save_model(self, request: HttpRequest, obj: Integration, form: Any, change: Any) -> None:
        columns = {name: form.cleaned_data[name] for name in form.changed_data}
        change_integration(integration=obj, by=person(request), via=Change.Via.ADMIN, **columns)

    def get_urls(self) -> list[Any]:
        rotate = self.admin_site.admin_view(self.rotate_view)
        return [path("<int:integration_id>/rotate/", rotate, name="crm_integration_rotate"), *super().get_urls()]

    def rotate_view(self, request: HttpRequest, integration_id: int) -> HttpResponse:
        """Ask, then give the account a new secret."""
        integration = get_object_or_404(Integration.objects.select_related("user"), pk=integration_id)
        if request.method == "POST":
            secret = rotate_secret(integration=integration, by=person(request), via=Change.Via.ADMIN)
            self.log_change(request, integration, [{"changed": {"fields": ["secret"]}}])
            return self.secret_page(request, integration, secret)
        return form_page(
            request,
            self,
            integration,
            forms.Form(),
            title=_("New secret for %(login)s") % {"login": integration.login},
            explanation=_(
                "The old secret is worth nothing from then on: the outside system is refused until it has the new one."
            ),
            submit=_("Rotate the secret"),
        )

    def secret_page(self, request: HttpRequest, integration: Integration, secret: str | None) -> HttpResponse:
        """The one page that shows a secret: no redirect, so neither session nor message nor cache keeps it."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": integration,
            "title": _("The secret of %(login)s") % {"login": integration.login},
            "secret": secret,
            "address": request.build_absolute_uri("/analytics"),
        }
        response = TemplateResponse(request, "admin/crm/integration/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
