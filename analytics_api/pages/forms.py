"""Accounts of outside systems as administrators set them up."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Change, Integration, User
from crm.services.integrations import add_integration, change_integration, check_login, rotate_secret
from crm.services.networks import read_networks, without_single

Dialect, Rights = Integration.Dialect, Integration.Rights
OVERLAPS = [
    ("0", gettext_lazy("Not at all: it is worth nothing at once")),
    ("3600", gettext_lazy("An hour")),
    ("86400", gettext_lazy("A day")),
    ("604800", gettext_lazy("A week")),
]


class AccountForm(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=150,
        help_text=gettext_lazy("What the outside system signs in with. It cannot be changed later."),
    )
    dialect = forms.ChoiceField(
        label=gettext_lazy("Dialect"),
        choices=Dialect.choices,
        initial=Dialect.UNIVERSE,
        help_text=gettext_lazy(
            "Roistat: for the form “own CRM” there, which signs in by a token. Universe: all others."
        ),
    )
    rights = forms.ChoiceField(label=gettext_lazy("Rights"), choices=Rights.choices, initial=Rights.READ_WRITE)
    allowed_addresses = forms.CharField(
        label=gettext_lazy("Allowed addresses"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line: 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32. Empty: from everywhere."),
    )

    def __init__(self, data: QueryDict | None = None, *, account: Integration | None = None, by: User) -> None:
        """Of `account`, whose login stays; or of a new one."""
        self.account, self.by = account, by
        super().__init__(data, initial=_columns(account) if account else None)
        if account:
            del self.fields["login"]

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"]
        check_login(login)
        return login

    def clean_allowed_addresses(self) -> list[str]:
        return read_networks(self.cleaned_data["allowed_addresses"])

    def add(self) -> tuple[Integration, str] | None:
        """The account and its secret; None where the service refused: the form says why."""
        cleaned = self.cleaned_data
        try:
            account, secret = add_integration(
                login=cleaned["login"],
                dialect=cleaned["dialect"],
                read_only=cleaned["rights"] == Rights.READ,
                allowed_addresses=cleaned["allowed_addresses"],
                by=self.by,
                via=Change.Via.WEB,
            )
        except ValidationError as error:
            self.add_error("login", error.messages)
            return None
        return account, secret or ""

    def change(self, account: Integration) -> Integration:
        return change_integration(
            integration=account, by=self.by, **{name: self.cleaned_data[name] for name in self.changed_data}
        )


class SecretForm(forms.Form):
    """How long the old secret works on. Sent twice, as by reloading the answer, it makes no second secret."""

    overlap = forms.TypedChoiceField(
        label=gettext_lazy("How long the old secret still works"), choices=OVERLAPS, coerce=int, initial="86400"
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, account: Integration, by: User) -> None:
        self.account, self.by = account, by
        super().__init__(data, initial={"seen": _made(account)})

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("seen") != _made(self.account):
            raise ValidationError(_("The secret was replaced meanwhile; it is shown only once. Ask for another one."))
        return self.cleaned_data

    def renew(self) -> str:
        overlap = timedelta(seconds=self.cleaned_data["overlap"])
        return rotate_secret(integration=self.account, by=self.by, overlap=overlap)


def _columns(account: Integration) -> dict[str, str]:
    addresses = "\n".join(without_single(network) for network in account.allowed_addresses)
    return {"dialect": account.dialect, "rights": account.rights, "allowed_addresses": addresses}


def _made(account: Integration) -> str:
    return account.secret_made_at.isoformat() if account.secret_made_at else ""
