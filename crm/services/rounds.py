"""Work that comes round again and again, done by whichever worker (`manage.py work`) is there first."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from crm.models import Round
from crm.services.bulk import forget_prepared
from crm.services.erasing import drop_kept
from crm.services.jobs import trim_jobs
from crm.services.kept_orders import renew_orders
from crm.services.notification_mails import mail_notifications
from crm.services.notifications import trim_notifications
from crm.services.reminders import remind_of_tasks
from crm.services.sign_ins import trim_sign_ins

logger = logging.getLogger(__name__)

# What is done, and every how many seconds. A round ends within a few of them, and leaves what is more to jobs. It may
# be broken off and is done again when it is next due; the name of its function is what the database knows it by.
ROUNDS: tuple[tuple[Callable[[], object], int], ...] = (
    (remind_of_tasks, 10),
    (mail_notifications, 60),
    (trim_notifications, 3600),
    (trim_jobs, 3600),
    (forget_prepared, 3600),
    (renew_orders, 60),
    (drop_kept, 300),
    (trim_sign_ins, 3600),
)


def go_rounds(at: datetime | None = None) -> None:
    """Do what is due, each by one worker alone. What a round raises is logged, and the others go on."""
    moment = at or timezone.now()
    due = dict(Round.objects.values_list("name", "due_at"))
    for work, seconds in ROUNDS:
        name = work.__name__
        if name not in due:
            due[name] = Round.objects.get_or_create(name=name, defaults={"due_at": moment})[0].due_at
        if due[name] <= moment and _claim(name, due[name], seconds, moment):
            try:
                work()
            except Exception:
                logger.exception("The round %s failed", name)


def _claim(name: str, due: datetime, seconds: int, at: datetime) -> bool:
    """Whether it is ours to do: who sets the next time first has it. The times keep their beat."""
    every = timedelta(seconds=seconds)
    following = due + ((at - due) // every + 1) * every
    return Round.objects.filter(name=name, due_at=due).update(due_at=following) == 1
