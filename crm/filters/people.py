"""Rows by who is responsible for them: "mine", "nobody's" or a colleague's."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import User

ME = "me"
NOBODY = "nobody"


def person_choices(user: User) -> list[tuple[str, Any]]:
    """What `user` can ask for; one who sees only what is his is offered no colleagues."""
    choices: list[tuple[str, Any]] = [(ME, _("Mine")), (NOBODY, _("Nobody's"))]
    if user.sees_all:
        people = User.objects.managers().order_by("full_name", "login")
        choices += [(str(person.pk), str(person)) for person in people]
    return choices


def of_person(column: str, choice: str, user: User) -> Q:
    """The condition that `column` is whom the choice means; no choice asks nothing."""
    if not choice:
        return Q()
    if choice == NOBODY:
        return Q(**{column: None})
    return Q(**{column: user.pk if choice == ME else int(choice)})
