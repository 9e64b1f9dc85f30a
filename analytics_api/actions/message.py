"""`message`: a comment (PROTOCOL.md, section 3)."""

from django.db import transaction
from django.utils.translation import gettext as _

from analytics_api.actions.base import ENVELOPE, Answer, Command
from analytics_api.actions.subject import subject_named_by
from analytics_api.errors import CommandError
from analytics_api.limits import LINE, TEXT
from analytics_api.retries import Attempt, once_in_a_window, request_key
from crm.models import Change
from crm.services.messages import write_message


def message(command: Command) -> Answer:
    parameters = command.parameters
    title, text = parameters.line("title", LINE), parameters.line("message", TEXT)
    if not (title or text):
        raise CommandError(_("Parameters title and message are both missing."))

    def write() -> int:
        subject = subject_named_by(command, "leadId")
        by = command.integration.user
        return write_message(subject=subject, title=title, text=text, by=by, via=Change.Via.PROTOCOL, at=command.at).pk

    attempt = Attempt(command.integration, command.action, request_key(parameters.sorted_pairs(without=ENVELOPE)))
    with transaction.atomic():
        once = once_in_a_window(attempt, write, at=command.at)
    return Answer.written("message_id", once.number, is_retry=once.is_retry)
