"""`task`: a task for the responsible manager (PROTOCOL.md, section 3)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from analytics_api.actions.base import ENVELOPE, Answer, Command
from analytics_api.actions.subject import subject_named_by
from analytics_api.errors import CommandError
from analytics_api.limits import TEXT
from analytics_api.parameters import Parameters, read_moment
from analytics_api.retries import Attempt, once_in_a_window, request_key
from crm.models import Change
from crm.services.tasks import plan_task


def task(command: Command) -> Answer:
    parameters = command.parameters
    text, deadline = parameters.line("text", TEXT), read_deadline(parameters)
    if not text:
        raise CommandError(_("Parameter %(name)s is missing.") % {"name": "text"})

    def write() -> int:
        subject = subject_named_by(command, "element_id")
        by = command.integration.user
        return plan_task(subject=subject, text=text, due_at=deadline, by=by, via=Change.Via.PROTOCOL, at=command.at).pk

    attempt = Attempt(command.integration, command.action, request_key(parameters.sorted_pairs(without=ENVELOPE)))
    with transaction.atomic():
        once = once_in_a_window(attempt, write, at=command.at)
    return Answer.written("task_id", once.number, is_retry=once.is_retry)


def read_deadline(parameters: Parameters) -> datetime:
    if not parameters["deadline"]:
        raise CommandError(_("Parameter %(name)s is missing.") % {"name": "deadline"})
    deadline = read_moment(parameters["deadline"])
    if deadline is None:
        raise CommandError(
            _("Parameter %(name)s must be a date and time like 2023-01-01T11:11:11, of the years 1970 to 2100.")
            % {"name": "deadline"}
        )
    return deadline
