"""Of what tasks and comments stand on, what their reader may see: a task can be given to somebody who does not see the
deal.
"""

from collections.abc import Iterable

from crm.models import Call, Client, Deal, Message, Task, User

# What is fetched of that with each row of a list, and what is not: it is long, and no list says it.
SUBJECTS = ("deal__client", "client")
UNSAID = (
    "deal__order_json",
    "deal__extra",
    "deal__search_text",
    "deal__client__notes",
    "deal__client__search_text",
    "client__notes",
    "client__search_text",
)


def subjects_seen(rows: Iterable[Task | Message], *, viewer: User) -> dict[int, Deal | Client | Call]:
    """By the number of a task or comment what it stands on, where this person sees that; by one query a model at most.

    The rows come with their deal, client and call fetched.
    """
    on = {row.pk: subject for row in rows if (subject := row.deal or row.client or row.call) is not None}
    if viewer.sees_all:
        return on
    seen = set()
    for model in (Deal, Client, Call):
        numbers = {subject.pk for subject in on.values() if isinstance(subject, model)}
        seen |= set(model.objects.visible_to(viewer).filter(pk__in=numbers).values_list("pk", flat=True))
    return {number: subject for number, subject in on.items() if subject.pk in seen}
