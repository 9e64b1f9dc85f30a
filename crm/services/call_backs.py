"""A call that nobody took is somebody's task: to call back."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from crm.installation import language
from crm.models import Call, Change, Task
from crm.services.history import Entry, record
from crm.services.tasks import manager_of, plan_task

# Whoever called waits, or calls somebody else.
CALL_BACK_WITHIN = timedelta(minutes=15)
# A telephony that is connected, or repaired, reports what it has in bulk: nobody waits for those calls any more.
WAITS_NO_LONGER = timedelta(hours=24)
# The entry in the call's history that names the task, by which a call gets one once.
FIELD = "call_back"


def plan_call_back(call: Call, *, at: datetime) -> Task | None:
    """Plan the task to call back, for a missed call that has a deal or somebody who answers for it and that did not
    begin long before it was reported; once a call.

    In the transaction in which the call is written. The task is the system's, in the language of who is to do it.
    """
    subject = call.deal or call.client or call
    assignee = call.manager if call.manager and call.manager.is_active else manager_of(subject)
    if not call.is_missed or call.started_at < at - WAITS_NO_LONGER or (call.deal is None and assignee is None):
        return None
    if Change.objects.filter(number=call.pk, field=FIELD).exists():
        return None
    with translation.override((assignee and assignee.language) or language()):
        text = _("Call back: %(phone)s") % {"phone": call.caller} if call.caller else _("Call back")
    task = plan_task(
        subject=subject,
        text=text,
        due_at=at + CALL_BACK_WITHIN,
        assignee=assignee,
        by=None,
        via=Change.Via.SYSTEM,
        at=at,
    )
    record(Entry(call.pk, Change.Verb.CHANGED, FIELD, None, task), by=None, via=Change.Via.SYSTEM, at=at)
    return task
