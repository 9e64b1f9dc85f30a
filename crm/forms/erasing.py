"""Erasing a client for good: how, and the number typed to show that it is meant."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.models import Client, User
from crm.services.erasing import erase_client


class ErasureForm(forms.Form):
    deals = forms.ChoiceField(
        label=_("His deals"),
        choices=[
            ("keep", _("Stay in the figures without him: amounts, statuses, dates, manager and source")),
            ("erase", _("Are erased with him, and leave the figures")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label=_("Number of the client, to show that this is meant"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, client: Client, **options: Any) -> None:
        super().__init__(*args, **options)
        self.client = client

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if typed.strip().removeprefix("#") != str(self.client.pk):
            raise ValidationError(_("This is not the number of this client: %(number)d.") % {"number": self.client.pk})
        return typed

    def save(self, *, by: User) -> None:
        erase_client(client=self.client, by=by, keep_deals=self.cleaned_data["deals"] == "keep")
