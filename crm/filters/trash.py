"""What of the trash is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.filters.addressed import AddressedFilter
from crm.models import Client, Deal, User
from crm.models.client import ClientQuerySet
from crm.models.deal import DealQuerySet


class Thrown(models.TextChoices):
    """The kinds of records that the trash offers."""

    DEALS = "deals", _("Deals")
    CLIENTS = "clients", _("Clients")


class TrashFilter(AddressedFilter):
    narrowing = frozenset({"q", "show"})

    q = forms.CharField(label=_("Title, name, phone or number"), required=False, max_length=255)
    show = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *Thrown.choices])

    def __init__(self, data: Mapping[str, Any], *, user: User, at: datetime | None = None) -> None:
        super().__init__(data, user=user)
        self.at = at or timezone.now()

    @property
    def kind(self) -> Thrown | None:
        return Thrown(self.chosen("show")) if self.chosen("show") else None

    def shown(self) -> tuple[DealQuerySet, ClientQuerySet]:
        """The deals and the clients that the list shows."""
        deals, clients = self.deals(), self.clients()
        return (
            deals.none() if self.kind == Thrown.CLIENTS else deals,
            clients.none() if self.kind == Thrown.DEALS else clients,
        )

    def deals(self) -> DealQuerySet:
        """Those that can be restored here and that the person sees, whatever `show` says."""
        return Deal.objects.visible_to(self.user).restorable(self.at).matching(self.chosen("q") or "")

    def clients(self) -> ClientQuerySet:
        return Client.objects.visible_to(self.user).restorable(self.at).matching(self.chosen("q") or "")
