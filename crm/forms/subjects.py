"""Naming a deal or a client in a form: by number, or by a piece of what it is called, then by choosing."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.models import Client, Deal, User
from crm.models.number import LARGEST

OFFERED = 5


@dataclass(frozen=True)
class SubjectsFound:
    """The newest deals and clients that a text may mean, of those that the asker sees."""

    deals: list[Deal] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.deals or self.clients)

    def only_one(self) -> Deal | Client | None:
        found: list[Deal | Client] = [*self.deals, *self.clients]
        return found[0] if len(found) == 1 else None


def find_subjects(text: str, *, viewer: User) -> SubjectsFound:
    """Nothing for an empty text."""
    if not text.strip():
        return SubjectsFound()
    deals = Deal.objects.visible_to(viewer).present().matching(text).select_related("client", "status")
    clients = Client.objects.visible_to(viewer).present().matching(text)
    return SubjectsFound(list(deals.order_by("-pk")[:OFFERED]), list(clients.order_by("-pk")[:OFFERED]))


class PersonalForm(forms.Form):
    """A form that depends on who fills it in."""

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user


class SubjectForm(PersonalForm):
    """`subject` is the number of what was chosen, `find` a text to find it by. After a text that means several the
    form comes back with `offered` to choose from.
    """

    find = forms.CharField(label=_("Deal or client"), required=False, max_length=255)
    subject = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = SubjectsFound()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number, text = cleaned.get("subject"), cleaned.get("find") or ""
        chosen = self._numbered(number) if number else None
        if chosen is None and text:
            self.offered = find_subjects(text, viewer=self.user)
            chosen = self.offered.only_one()
        cleaned["on"] = chosen
        if chosen is None and "find" not in self.errors:
            self.add_error("find", self._what_is_missing(text))
        return cleaned

    def _numbered(self, number: int) -> Deal | Client | None:
        deal = Deal.objects.visible_to(self.user).present().filter(pk=number).first()
        return deal or Client.objects.visible_to(self.user).present().filter(pk=number).first()

    def _what_is_missing(self, text: str) -> ValidationError:
        if self.offered:
            return ValidationError(_("Choose which one is meant."))
        if text:
            return ValidationError(_("No deal and no client is found by this."))
        return ValidationError(_("Say which deal or client it is for."))
