"""What people want to be told of, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.models import NotificationKind, User
from crm.services.accounts import change_profile

# Nobody gives an observer what he could not answer for.
FOR_WRITERS = frozenset({NotificationKind.DEAL, NotificationKind.LEAD})


@dataclass(frozen=True)
class KindRow:
    kind: NotificationKind
    in_bell: bool
    by_mail: bool


class ToldOfForm(forms.Form):
    """A tick in the bell and one by e-mail for each kind. By e-mail is offered where the server sends any and the
    person has an address; what is not offered stays as it was.
    """

    in_bell = forms.MultipleChoiceField(label=_("In the bell"), required=False)
    by_mail = forms.MultipleChoiceField(label=_("By e-mail"), required=False)

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.kinds = [kind for kind in NotificationKind if user.may_write or kind not in FOR_WRITERS]
        self.needs_address = settings.CAN_SEND_EMAIL and not user.email
        if not settings.CAN_SEND_EMAIL or not user.email:
            del self.fields["by_mail"]
        for field in self.fields.values():
            field.choices = [(kind.value, kind.label) for kind in self.kinds]  # type: ignore[attr-defined]

    @property
    def offers_mail(self) -> bool:
        return "by_mail" in self.fields

    def rows(self) -> list[KindRow]:
        return [KindRow(kind, kind not in self.user.not_told_of, kind in self.user.mailed_of) for kind in self.kinds]

    def save(self) -> User:
        columns: dict[str, Any] = {"not_told_of": self._chosen(self.user.not_told_of, self._left_out())}
        if self.offers_mail:
            columns["mailed_of"] = self._chosen(self.user.mailed_of, self.cleaned_data["by_mail"])
        return change_profile(user=self.user, **columns)

    def _left_out(self) -> list[str]:
        return [kind.value for kind in self.kinds if kind not in self.cleaned_data["in_bell"]]

    def _chosen(self, before: Iterable[str], chosen: Iterable[str]) -> list[str]:
        """In the order of the kinds; those that were not offered stay."""
        kept = set(before) - set(self.kinds)
        return [kind.value for kind in NotificationKind if kind in kept or kind in chosen]
