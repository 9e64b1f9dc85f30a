"""Which clients a list shows, and in what order."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.filters.addressed import AddressedFilter
from crm.filters.people import of_person, person_choices
from crm.models import Client, Deal, User
from crm.models.client import ClientQuerySet

# The order of a list by what the address calls it.
ORDERS = {"-created": ["-pk"], "created": ["pk"], "name": ["search_text", "pk"], "-name": ["-search_text", "-pk"]}


class Having(models.TextChoices):
    """What can be asked of a client's deals."""

    OPEN = "open", _("With open deals")
    NONE = "none", _("Without deals")


class ClientFilter(AddressedFilter):
    narrowing = frozenset({"q", "manager", "deals", "trash"})

    q = forms.CharField(label=_("Name, phone, e-mail or number"), required=False, max_length=255)
    manager = forms.ChoiceField(label=_("Manager"), required=False)
    deals = forms.ChoiceField(label=_("Deals"), required=False, choices=[("", _("Any")), *Having.choices])
    trash = forms.BooleanField(label=_("In the trash"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("New first")),
            ("created", _("Old first")),
            ("name", _("By name")),
            ("-name", _("By name, backwards")),
        ],
    )

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data, user=user)
        self.fields["manager"].choices = [("", _("Everybody")), *person_choices(user)]  # type: ignore[attr-defined]

    def clients(self) -> ClientQuerySet:
        """The clients found that the person sees, in order."""
        rows = Client.objects.visible_to(self.user)
        rows = rows.in_trash() if self.chosen("trash") else rows.present()
        found = rows.matching(self.chosen("q") or "").filter(
            of_person("manager", self.chosen("manager"), self.user), self._by_deals()
        )
        return found.order_by(*ORDERS[self.chosen("sort") or "-created"])

    def _by_deals(self) -> Q:
        deals = Deal.objects.visible_to(self.user).present().filter(client=OuterRef("pk"))
        if self.chosen("deals") == Having.OPEN:
            return Q(Exists(deals.open()))
        return ~Q(Exists(deals)) if self.chosen("deals") == Having.NONE else Q()
