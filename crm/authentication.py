"""Who can sign in to the pages."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from crm.models import User


class PersonBackend(ModelBackend):
    """Lets in active people by login and password, and nobody else: a service user is an outside system's signature.

    Django asks on every request again, so who was switched off is out at once.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.kind == User.Kind.PERSON
