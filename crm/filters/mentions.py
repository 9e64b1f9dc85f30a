"""Colleagues to be named in a comment, while their name is typed."""

from collections import Counter
from dataclasses import dataclass

from crm.models import User
from crm.services.mentions import folded, who_see
from crm.services.subjects import Subject

OFFERED = 8


@dataclass(frozen=True)
class Offer:
    """`name` is what is put behind the sign: the full name, or the login where several have the name or none is."""

    person: User
    name: str


def find_colleagues(text: str, *, on: Subject, viewer: User) -> list[Offer]:
    """Who may see what the comment stands on, and has a name of which a word, or a login that, begins with `text`."""
    wanted = folded(text)
    people = list(User.objects.people().filter(is_active=True))
    names = Counter(folded(one.full_name) for one in people)
    found = [one for one in people if one != viewer and _is_called(one, wanted)]
    return [
        Offer(one, one.full_name if one.full_name and names[folded(one.full_name)] == 1 else one.login)
        for one in who_see(on, found)[:OFFERED]
    ]


def _is_called(person: User, wanted: str) -> bool:
    name = folded(person.full_name)
    return folded(person.login).startswith(wanted) or name.startswith(wanted) or f" {wanted}" in name
