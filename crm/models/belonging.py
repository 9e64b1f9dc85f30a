"""What a message, a task or a call belongs to."""

from django.db.models import Q


def exactly_one_of(*names: str) -> Q:
    """The condition that exactly one of the foreign keys is set."""
    condition = Q()
    for chosen in names:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return condition
