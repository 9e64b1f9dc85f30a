"""A failed write is sent anew, as the account that sent it, from what the log has kept of it: at most once."""

import logging
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics_api.actions.base import ENVELOPE
from analytics_api.call_log import MASKED
from analytics_api.execution import answer
from analytics_api.models import CallLog
from analytics_api.parameters import RawPair
from analytics_api.requests import WRITING
from crm.models import User

logger = logging.getLogger(__name__)

UNREADABLE = "\N{REPLACEMENT CHARACTER}"


def is_failed_write(call: CallLog) -> bool:
    return call.failed and call.action in WRITING


def why_not(call: CallLog) -> str:
    """What keeps a failed write from being sent again; empty where nothing does."""
    if not call.parameters:
        return _("The person in it was erased, and its parameters with him.")
    for name, text in kept(call):
        if UNREADABLE in name + text:
            return _("Parameter %(name)s came in characters that could not be read, and is not kept as it came.") % {
                "name": name
            }
        # A lead keeps on the deal what the contract does not name, "Token" too; other actions do not look at it.
        if call.action == "lead" and name.lower() in MASKED:
            return _("Parameter %(name)s was masked, and the deal would get it so.") % {"name": name}
    return ""


def kept(call: CallLog) -> list[tuple[str, str]]:
    """The parameters as pairs again, without who asked."""
    pairs = [(name, [text] if isinstance(text, str) else text) for name, text in call.parameters.items()]
    return [(name, text) for name, texts in pairs if name not in ENVELOPE - {"action"} for text in texts]


@transaction.atomic
def replay(*, call: CallLog, by: User, at: datetime) -> tuple[CallLog, bool]:
    """The row of the call sent again, and whether it was sent now: who clicks second gets what the first one made.

    ValidationError where it cannot be sent. What goes wrong anew is undone and stands in the row.
    """
    locked = CallLog.objects.select_for_update().get(pk=call.pk)
    if earlier := CallLog.objects.filter(replay_of=locked).first():
        return earlier, False
    if not is_failed_write(locked):
        raise ValidationError(_("Only a write that failed can be sent again."))
    if reason := why_not(locked):
        raise ValidationError(reason)
    row = CallLog(integration=locked.integration, at=at, by=by, replay_of=locked)
    _carry_out(row, [(name.encode(), text.encode()) for name, text in kept(locked)])
    row.save()
    return row, True


def _carry_out(row: CallLog, pairs: list[RawPair]) -> None:
    try:
        with transaction.atomic():
            answer(row, pairs)
    except Exception:
        # The row says that it was a fault; what happened stands in the server's own log.
        logger.exception("A call that was sent again failed.")
