"""The people who work here. Nobody is deleted, since deals and histories refer to him: he is switched off."""

from typing import Any
from zoneinfo import available_timezones

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from crm.access import person
from crm.admin.base import Context, RecordAdmin
from crm.admin.form_page import form_page
from crm.admin.links import record_url
from crm.admin.pretty import moment_column
from crm.admin.search import contains
from crm.forms.guarded import GuardedForm
from crm.generics import BaseUserCreationForm, SetPasswordForm
from crm.models import Change, User
from crm.services.people import add_user, change_user, check_administrator_stays, check_login_is_free, set_password

ADDED = ["login", "full_name", "email", "role", "own_only"]
LAST_LOGIN = moment_column("last_login", gettext_lazy("last signed in"))
COLUMNS = [*ADDED, "is_active", "language", "zone"]


class LoginField(UsernameField):
    """A login as it is kept: in lower case."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").strip().lower()


class PersonForm(GuardedForm[User]):
    class Meta:
        model = User
        fields = COLUMNS
        field_classes = {"login": LoginField}

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(_("There is no such time zone; one is called Europe/Moscow, for example."))
        return zone

    def guard(self, row: User) -> None:
        check_login_is_free(row)
        check_administrator_stays(row)


class NewPersonForm(BaseUserCreationForm[User]):
    """Asks for the password twice and holds it against the validators of the settings."""

    class Meta:
        model = User
        fields = ADDED
        field_classes = {"login": LoginField}


@admin.register(User)
class UserAdmin(RecordAdmin[User]):
    form = PersonForm
    list_display = ["login", "full_name", "role", "own_only", "is_active", LAST_LOGIN]
    list_display_links = ["login", "full_name"]
    list_filter = ["role", "is_active"]
    search_fields = ["login"]  # opens the box; `get_search_results` does the work
    search_help_text = gettext_lazy("A part of the login, the name or the e-mail.")
    readonly_fields = ["password_link", "last_login", "joined_at"]

    @admin.display(description=gettext_lazy("password"))
    def password_link(self, user: User) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:crm_user_password", args=[user.pk]), _("Set a new one")
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """People alone: a service user is its integration's."""
        return super().get_queryset(request).filter(kind=User.Kind.PERSON)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        term = search_term.strip()
        return queryset.filter(contains(term, "login", "full_name", "email")) if term else queryset, False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": [*ADDED, "password1", "password2"]})]
        return [(None, {"fields": COLUMNS}), (gettext_lazy("Record"), {"fields": self.readonly_fields})]

    def get_form(self, request: HttpRequest, obj: User | None = None, *args: Any, **kwargs: Any) -> Any:
        if obj is None:
            kwargs |= {"form": NewPersonForm, "fields": ADDED}
        return super().get_form(request, obj, *args, **kwargs)

    @method_decorator(sensitive_post_parameters("password1", "password2"))
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Context = None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        cleaned = form.cleaned_data
        did: dict[str, Any] = {"by": person(request), "via": Change.Via.ADMIN}
        if change:
            change_user(user=obj, **{name: cleaned[name] for name in form.changed_data}, **did)
        else:
            obj.pk = add_user(password=cleaned["password1"], **{name: cleaned[name] for name in ADDED}, **did).pk

    def get_urls(self) -> list[Any]:
        password = self.admin_site.admin_view(self.password_view)
        return [path("<int:user_id>/password/", password, name="crm_user_password"), *super().get_urls()]

    @method_decorator(sensitive_post_parameters("new_password1", "new_password2"))
    def password_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Give a person a new password; his sessions end, one's own goes on."""
        user = get_object_or_404(self.get_queryset(request), pk=user_id)
        form = SetPasswordForm[User](user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            user = set_password(
                user=user,
                password=form.cleaned_data["new_password1"],
                by=person(request),
                via=Change.Via.ADMIN,
            )
            if user == request.user:
                update_session_auth_hash(request, user)
            self.log_change(request, user, [{"changed": {"fields": ["password"]}}])
            self.message_user(request, _("The password is changed."), messages.SUCCESS)
            return HttpResponseRedirect(record_url(user))
        title = _("New password for %(person)s") % {"person": user}
        return form_page(request, self, user, form, title=title, submit=_("Set the password"))
