"""What a number names, and where a comment or a task for it lands."""

from typing import cast

from crm.models import Call, Client, Deal, Message, Task
from crm.models.number import LARGEST

Subject = Deal | Client | Call


def find_subject(number: int) -> Subject | None:
    """The deal, client or call that `number` leads to; None where it names nothing.

    A message, a task or a call leads to what it belongs to, a merged client to the one he was merged into.
    """
    if not 0 < number <= LARGEST:
        return None
    if deal := Deal.objects.filter(pk=number).first():
        return deal
    if client := Client.objects.filter(pk=number).first():
        return client.survivor()
    for model in (Message, Task):
        row = model.objects.select_related("deal", "client", "call__deal", "call__client").filter(pk=number).first()
        if row is not None:
            return subject_of(row)
    call = Call.objects.select_related("deal", "client").filter(pk=number).first()
    return subject_of(call) if call else None


def subject_of(row: Message | Task | Call) -> Subject:
    """What the row belongs to; a call of nobody stands for itself."""
    if row.deal is not None:
        return row.deal
    if row.client is not None:
        return row.client.survivor()
    if isinstance(row, Call) or row.call is None:
        return cast("Call", row)  # a constraint holds that nothing but a call belongs to nothing
    return subject_of(row.call)


def belonging(subject: Subject) -> dict[str, Subject]:
    """The one foreign key to set on a message or a task of this subject."""
    return {type(subject).__name__.lower(): subject}
