"""Log-in, profile, passwords and the first administrator."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache as shared_cache
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.forms.firm import InstallationFields
from crm.forms.zones import zones_by_region
from crm.installation import zone
from crm.models import User
from crm.services.accounts import change_profile, is_setup_token, password_link, set_up
from crm.services.link_mails import send_link
from crm.services.people import set_password

if TYPE_CHECKING:
    SetPasswordForm = auth_forms.SetPasswordForm[User]
else:  # Django's own form is generic for the type checker alone
    SetPasswordForm = auth_forms.SetPasswordForm

# A stranger who knows an address can have one message sent to it in so many seconds.
SECONDS_BETWEEN_MESSAGES = 300


def zone_choices() -> list[tuple[Any, Any]]:
    own = gettext("The company's (%(zone)s)") % {"zone": zone()}
    return [("", own), *zones_by_region()]


class LogInForm(auth_forms.AuthenticationForm):
    username = auth_forms.UsernameField(label=_("Login"), widget=forms.TextInput(attrs={"autofocus": True}))
    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _("Login or password is wrong."),
    }

    def clean_username(self) -> str:
        """In small letters, as logins are kept: the guard against guessing counts each name once."""
        login: str = self.cleaned_data["username"]
        return login.lower()


class NewPasswordForm(SetPasswordForm):
    """A new password, for whoever came by a link of his own."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = _("At least 10 characters, and not a common password.")
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002  (Django's signature)
        return set_password(user=self.user, password=self.cleaned_data["new_password1"])


class ChangePasswordForm(NewPasswordForm):
    """A new password, for whoever knows the present one."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your present password."))
        return password


class ForgottenPasswordForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )

    def save(self, *, origin: str) -> None:
        """Send a link to everybody who has this e-mail; `origin` is scheme and host of this CRM."""
        email: str = self.cleaned_data["email"]
        for user in User.objects.people().filter(is_active=True, email__iexact=email):
            if not shared_cache.add(f"password-message:{user.pk}", 1, SECONDS_BETWEEN_MESSAGES):
                continue
            if not send_link(user, origin + password_link(user)):
                shared_cache.delete(f"password-message:{user.pk}")  # it may be asked for again at once


class ProfileForm(forms.Form):
    """What people choose for themselves."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For a link when the password is forgotten."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zone_choices,
        help_text=_("For clock times. Days, “today” and “overdue” are those of the company."),
    )
    theme = forms.ChoiceField(label=_("Theme"), required=False, choices=User.Theme.choices)

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        self.user = user
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields})

    def save(self) -> User:
        return change_profile(user=self.user, **self.cleaned_data)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(required=False, choices=User.Theme.choices)


class SetUpForm(InstallationFields):
    """The first administrator, and what holds for the firm."""

    token = forms.CharField(
        label=_("Set-up code"),
        max_length=64,
        help_text=_("The server printed it on its console when it started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=_("Your full name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    login = forms.CharField(
        label=_("Login"), max_length=150, initial="admin", widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters, and not a common password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    with_demo = forms.BooleanField(
        label=_("Fill it with demo data"),
        required=False,
        help_text=_("Two years of a hair salon, to look around in. Takes a few seconds."),
    )

    field_order = ["token", "full_name", "login", "password", "language", "time_zone", "currency", "with_demo"]

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"]
        if not is_setup_token(token):
            raise ValidationError(_("This is not the code of this server."))
        return token

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "password" in data:
            try:
                validate_password(
                    data["password"], User(login=data.get("login", ""), full_name=data.get("full_name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self) -> User:
        """The administrator; what `set_up` raises goes on to the caller."""
        return set_up(**{name: value for name, value in self.cleaned_data.items() if name != "token"})
