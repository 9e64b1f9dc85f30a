"""Comments."""

from datetime import datetime

from django.utils import timezone

from crm.models import Change, Message, User
from crm.models.number import next_number
from crm.services.atomic import atomic
from crm.services.history import Entry, changes
from crm.services.inserting import insert
from crm.services.notifications import tell_mentioned
from crm.services.subjects import Subject, belonging


@atomic
def write_message(
    *,
    subject: Subject,
    by: User | None,
    title: str = "",
    text: str = "",
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    number: int | None = None,
) -> Message:
    """Write a comment; title or text, or both, say something. `number` is for it where several were taken at once."""
    moment = at or timezone.now()
    number = number or next_number()
    message = Message(pk=number, title=title, text=text, author=by, created_at=moment, **belonging(subject))
    insert(message, *changes(Entry(number, Change.Verb.CREATED), by=by, via=via, at=moment))
    tell_mentioned(message=message, by=by, via=via, at=moment)
    return message
