"""Who can sign in to the pages."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from crm.models import User
from crm.models.prepared import prepared


class PersonBackend(ModelBackend):
    """Lets in active people by login and password, and nobody else: a service user is an outside system's signature.

    Django asks on every request again, so who was switched off is out at once.
    """

    def get_user(self, user_id: Any) -> User | None:
        person = next(iter(_person(user_id)), None)
        return person if person is not None and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.kind == User.Kind.PERSON


@prepared
def _person(pk: int) -> QuerySet[User]:
    people: QuerySet[User] = User.objects.filter(pk=pk)
    return people
