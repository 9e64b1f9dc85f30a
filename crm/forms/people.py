"""Choosing one of the people who work here."""

from typing import Any

from django.db.models import Q

from crm.generics import ModelChoiceField
from crm.models import User


class PersonField(ModelChoiceField[User]):
    """One of those who can be made responsible today, or nobody."""

    def __init__(self, *, label: Any, required: bool = False) -> None:
        super().__init__(User.objects.assignable(), label=label, required=required)

    def keep(self, pk: int | None) -> None:
        """Offer who is responsible now, too: he may have left."""
        if pk is not None:
            people = User.objects.people()
            self.queryset = people.filter(Q(pk=pk) | Q(pk__in=User.objects.assignable()))
