"""A client, named as people name one: by the number, a phone, an e-mail or the name."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Change, Client, User
from crm.services.clients import Visitor, take_in_visitor
from crm.services.contacts import normalise_email, normalise_phone

OFFERED = 8
NUMBERED = re.compile(r".*#([0-9]{1,18})", re.ASCII | re.DOTALL)


class NewClient(str):
    """What somebody is called who is to become a client."""

    __slots__ = ()


class ClientInput(forms.TextInput):
    """The text, or the button pressed beside it: `<name>-choice` is "#812" or "new"."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        text, choice = data.get(name, ""), data.get(f"{name}-choice", "")
        if choice == "new":
            return NewClient(text.strip())
        return choice or text


class ClientChoiceField(forms.CharField):
    """A text that names one client whom `viewer` sees. Of several that it may mean, `offered` are those to choose of.

    Cleaned it is a Client, a NewClient, or None for nobody.
    """

    widget = ClientInput

    def __init__(self, *, viewer: User, current: Client | None) -> None:
        super().__init__(required=False, max_length=255, initial=f"{current} #{current.pk}" if current else "")
        self.viewer = viewer
        self.offered: list[Client] = []
        self.unknown = False

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if isinstance(value, NewClient):
            return NewClient(text)
        known = Client.objects.visible_to(self.viewer).present()
        if (numbered := NUMBERED.fullmatch(text)) and (found := known.filter(pk=int(numbered[1])).first()):
            return found
        self.offered = list(known.matching(text).prefetch_related("contacts")[:OFFERED])
        if len(self.offered) == 1:
            return self.offered[0]
        self.unknown = not self.offered
        raise ValidationError(
            _("Nobody is known by that.") if self.unknown else _("Several clients may be meant: choose one.")
        )


def take_in_client(cleaned: Client | NewClient | None, *, by: User) -> Client | None:
    """The client that was chosen; for a new one the visitor with this phone, e-mail or name.

    In the caller's transaction.
    """
    if not isinstance(cleaned, NewClient):
        return cleaned
    client, _doubled = take_in_visitor(read_visitor(cleaned), by=by, via=Change.Via.WEB, at=timezone.now())
    return client


def read_visitor(text: str) -> Visitor:
    """A phone, an e-mail, or else a name."""
    if normalise_phone(text):
        return Visitor(phone=text)
    return Visitor(email=text) if normalise_email(text) else Visitor(name=text)
