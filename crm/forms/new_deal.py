"""New deals: the page with all that may be known when one begins, and the quick one on the board."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.forms.deals import PriceField
from crm.forms.required_fields import RequiredFieldsForm
from crm.models import Client, CustomField, Deal, Status, User
from crm.services.leads import open_deal

CLIENTS_OFFERED = 8


class QuickDealForm(RequiredFieldsForm):
    """The four things that fit on top of a column, and the required fields among `fields`. A deal without a title is
    called by its client.
    """

    title = forms.CharField(label=_("Title"), max_length=255, required=False)
    price = PriceField(label=_("Price"), required=False)
    field_order = ["title", "name", "phone", "price"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, fields: Iterable[CustomField]) -> None:
        super().__init__(data, auto_id="quick-%s")
        self.ask_for_required(fields)
        for field in self.fields.values():
            field.widget.attrs = {
                "placeholder": field.label,
                **field.widget.attrs,
                "class": "input",
                "autocomplete": "off",
            }
        self.fields["title"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data[name] for name in ("title", "name", "phone")):
            self.add_error("title", _("Say what the deal is about, or who the client is."))
        return data

    def save(self, *, by: User) -> Deal:
        visitor = self.visitor()
        title = self.cleaned_data["title"] or visitor.name or visitor.phone
        return open_deal(
            visitor=visitor, by=by, title=title, price=self.cleaned_data["price"], values=self.required_values()
        )


class NewDealForm(RequiredFieldsForm):
    """`client` is one who is known; name, phone and e-mail are of a new one, or complete him."""

    title = forms.CharField(label=_("Title"), max_length=255, required=False)
    search = forms.CharField(label=_("Client"), max_length=255, required=False)
    client = forms.ModelChoiceField(Client.objects.none(), required=False)
    email = forms.CharField(label=_("E-mail"), max_length=255, required=False, validators=[validate_email])
    price = PriceField(label=_("Price"), required=False)
    status = forms.ModelChoiceField(Status.objects.usable(), label=_("Status"), empty_label=None)
    manager = forms.ModelChoiceField(User.objects.none(), label=_("Manager"), required=False, empty_label=_("Nobody"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User, initial: Mapping[str, Any]) -> None:
        defaults = {"manager": user.pk, "status": Status.objects.usable().first()}
        super().__init__(data, initial=defaults | dict(initial))
        self._queryset("client", Client.objects.visible_to(user).present())
        self._queryset("manager", User.objects.assignable())
        self._queryset("status", Status.objects.usable().filter(kind=Status.Kind.OPEN))
        self.ask_for_required(CustomField.objects.usable().filter(is_required=True).with_choices())

    def _queryset(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    @property
    def searched(self) -> str:
        """What a client is looked for by."""
        return str(self["search"].value() or "")

    @property
    def picked(self) -> Client | None:
        """The client who is chosen already."""
        field = self.fields["client"]
        try:
            client: Client | None = field.clean(self["client"].value())
        except forms.ValidationError:
            return None
        return client

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data[name] for name in ("title", "client", "name", "phone", "email")):
            self.add_error("title", _("Say what the deal is about, or who the client is."))
        return data

    def save(self, *, by: User) -> Deal:
        data = self.cleaned_data
        visitor = self.visitor()
        called = str(data["client"]) if data["client"] else visitor.name or visitor.phone or visitor.email
        return open_deal(
            visitor=visitor,
            client=data["client"],
            by=by,
            title=data["title"] or called,
            price=data["price"],
            status=data["status"],
            manager=data["manager"],
            values=self.required_values(),
        )


def clients_found(user: User, text: str) -> list[Client]:
    """The first clients that `text` may mean, by the same rule as everywhere: nobody for no text."""
    if not text.strip():
        return []
    found = Client.objects.visible_to(user).present().matching(text)
    return list(found.prefetch_related("contacts").order_by("-pk")[:CLIENTS_OFFERED])
