"""What a list shows, read from its address."""

from collections.abc import Mapping
from typing import Any

from django import forms

from crm.models import User


class AddressedFilter(forms.Form):
    """A form whose fields are the parameters of a list's address.

    What cannot be read narrows nothing: an old bookmark still shows a list. `narrowing` names the parameters that
    leave rows out; the others only order them.
    """

    narrowing: frozenset[str] = frozenset()

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def chosen(self, name: str) -> Any:
        """The value of a parameter; empty or None where there is none that can be read."""
        self.errors  # noqa: B018  (reads the address)
        return self.cleaned_data.get(name)

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen(name) for name in self.narrowing)
