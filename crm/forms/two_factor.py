"""The second step of logging in: set up, passed, switched off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import User
from crm.services.two_factor import Checked, check_second_step, confirm_authenticator, remove_two_factor


class CodeForm(forms.Form):
    """A code of the app or a recovery code; looked at when the form is asked whether it is valid."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.user = user
        self.checked = Checked()
        super().__init__(data)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.checked = self.check(code)
        if self.checked.wait:
            raise ValidationError(_said_of_waiting(self.checked.wait))
        if not self.checked.right:
            raise ValidationError(_("This code is not right, or it was used already."))
        return code

    def check(self, code: str) -> Checked:
        return check_second_step(user=self.user, code=code)


class AuthenticatorForm(CodeForm):
    """The first code of the app: it switches the second step on. `recovery_codes` are there then."""

    recovery_codes: list[str]

    def check(self, code: str) -> Checked:
        checked, self.recovery_codes = confirm_authenticator(user=self.user, code=code)
        return checked


class PasswordAgainForm(forms.Form):
    """Asks for the password before the second step is touched: a computer left open changes nothing."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, user: User, prefix: str) -> None:
        self.user = user
        super().__init__(data, prefix=prefix)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your present password."))
        return password

    def switch_off(self) -> None:
        remove_two_factor(user=self.user, by=self.user)


def _said_of_waiting(seconds: int) -> str:
    said = ngettext(
        "There were wrong codes: wait %(count)d second before the next one.",
        "There were wrong codes: wait %(count)d seconds before the next one.",
        seconds,
    )
    return said % {"count": seconds}
