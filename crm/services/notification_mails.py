"""Telling by e-mail those who want it, what the bell tells.

It waits for a minute: whoever has read it in the bell by then needs no message, and what came together goes in one. A
mail server that does not answer holds up nothing but the messages, which are tried for a day.
"""

import logging
import time
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import ngettext
from django_tasks import task

from crm.installation import language
from crm.models import Notification, User
from crm.models.notification import NotificationQuerySet
from crm.services.locking import lock
from crm.services.pieces import SECONDS_A_JOB, jobs_under_way

logger = logging.getLogger(__name__)

GATHERED_FOR = timedelta(minutes=1)
TRIED_FOR = timedelta(days=1)
# Of what came together as many are named in a message; the page of notifications has the rest.
NAMED = 30
SUBJECT_LENGTH = 120
# SMTP: what is below asks to try again later.
FOR_GOOD = 500


def mail_notifications(at: datetime | None = None) -> None:
    """A round: begin to send where somebody's minute is over, unless a worker is at it."""
    if not settings.CAN_SEND_EMAIL:
        return
    moment = at or timezone.now()
    if not _waiting(moment).filter(at__lte=moment - GATHERED_FOR).exists():
        return
    if not jobs_under_way(send_messages.module_path).exists():
        send_messages.enqueue(0)


@task()
def send_messages(after: int) -> None:
    """Send to people with numbers behind `after`, for some seconds; a server that does not answer ends it."""
    until, now = time.monotonic() + SECONDS_A_JOB, timezone.now()
    ready = _waiting(now).filter(at__lte=now - GATHERED_FOR).order_by()
    people = User.objects.filter(pk__gt=after, pk__in=ready.values("person")).order_by("pk")
    try:
        with get_connection() as server:
            for person in people:
                send_message(person, server, at=now)
                if time.monotonic() > until:
                    send_messages.enqueue(person.pk)
                    return
    except (SMTPException, OSError) as error:
        logger.error("The mail server takes no messages, they are tried again: %s %s", type(error).__name__, error)


def send_message(person: User, server: BaseEmailBackend, *, at: datetime) -> None:
    """All that waits for one person in one message. What the server has against all messages is raised."""
    rows = _claim(person, at)
    if not rows:
        return
    try:
        compose(person, rows, server).send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        logger.warning("The mail server refused the message to %s: %s", person.login, type(error).__name__)
        if not _is_for_good(error):
            _let_wait(rows)
    except (SMTPException, OSError):
        _let_wait(rows)
        raise


def compose(person: User, rows: list[Notification], server: BaseEmailBackend) -> EmailMessage:
    """In his language; its links begin with the name by which he asks for the CRM."""
    with translation.override(person.language or language()):
        named = rows[:NAMED]
        context = {"rows": named, "further": len(rows) - len(named), "origin": person.origin}
        if len(rows) == 1:
            subject = f"{rows[0].headline}: {rows[0].said}"
        else:
            many = ngettext("%(n)d notification", "%(n)d notifications", len(rows)) % {"n": len(rows)}
            subject = f"Orbita CRM: {many}"
        return EmailMessage(
            # In one line: a task's text may have several.
            Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH),
            render_to_string("crm/notification_message.txt", context),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
            connection=server,
        )


def _waiting(at: datetime) -> NotificationQuerySet:
    has_address = Notification.objects.to_be_mailed().exclude(person__email="")
    return has_address.filter(person__is_active=True, at__gt=at - TRIED_FOR)


def _claim(person: User, at: datetime) -> list[Notification]:
    """What waits for him is settled by this: of two workers one sends it. Without what he may not see any more, or has
    chosen meanwhile not to be sent.
    """
    with transaction.atomic():
        lock(f"message:{person.pk}")
        settled = list(_waiting(at).filter(person=person).values_list("pk", flat=True))
        seen = Notification.objects.visible_to(person).filter(pk__in=settled, kind__in=person.mailed_of)
        rows = list(seen.select_related("deal", "task", "message").order_by("pk"))
        Notification.objects.filter(pk__in=settled).update(mailed_at=at)
    return rows


def _let_wait(rows: list[Notification]) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=None)


def _is_for_good(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether the server would say the same the next time."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= FOR_GOOD
    return all(code >= FOR_GOOD for code, _said in error.recipients.values())
