"""Comments."""

from datetime import datetime

from django.utils import timezone

from crm.models import Change, Message, User
from crm.services.atomic import atomic
from crm.services.history import Entry, record
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
) -> Message:
    """Write a comment; title or text, or both, say something."""
    moment = at or timezone.now()
    message = Message.objects.create(title=title, text=text, author=by, created_at=moment, **belonging(subject))
    record(Entry(message.pk, Change.Verb.CREATED), by=by, via=via, at=moment)
    tell_mentioned(message=message, by=by, via=via, at=moment)
    return message
