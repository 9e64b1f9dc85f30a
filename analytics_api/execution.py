"""From parameters to the answer and its row of the log: the one way a command is carried out, whoever asks."""

import time

from django.utils.translation import gettext as _

from analytics_api.actions import ACTIONS, Action, Answer, Command
from analytics_api.answers import error_body
from analytics_api.call_log import shown
from analytics_api.errors import CommandError
from analytics_api.models import CallLog
from analytics_api.parameters import Parameters, RawPair, decode_pairs
from analytics_api.requests import envelope

Outcome = CallLog.Outcome


def answer(log: CallLog, pairs: list[RawPair], *, keep: bool = True) -> bytes:
    """Carry out what the parameters ask for, as the account and at the moment of `log`; the body of the answer.

    `log` takes how it went, whichever way it ends, and is left to be saved. Without `keep` a reading action leaves
    nothing behind, no walk either. A fault of ours comes through as the exception that it is.
    """
    started = time.perf_counter()
    log.action = envelope(pairs)["action"][:20]
    log.outcome = Outcome.FAULT
    try:
        answered, remarks = _carry_out(log, pairs, keep=keep)
        log.outcome = Outcome.FLAGGED if remarks else Outcome.OK
        log.message, log.number, log.rows = "\n".join(remarks), answered.number, answered.rows
        log.is_retry = answered.is_retry
        return answered.body
    except CommandError as error:
        log.outcome, log.message = Outcome.ERROR, str(error)
        return error_body(str(error))
    finally:
        log.parameters = shown(pairs, whole=log.outcome != Outcome.OK)
        log.duration_ms = (time.perf_counter() - started) * 1000


def _carry_out(log: CallLog, pairs: list[RawPair], *, keep: bool) -> tuple[Answer, list[str]]:
    """The answer, and the remarks for the log; CommandError where the command cannot be carried out."""
    parameters = Parameters(decode_pairs(pairs))
    action = _look_up(parameters)
    if action.writes and not log.integration.can_write:
        raise CommandError(_("This account may only read."))
    command = Command(
        integration=log.integration, action=parameters["action"], parameters=parameters, at=log.at, keep=keep
    )
    doubled = [name for name in parameters if parameters.others(name)]
    if doubled and not action.first_value_wins:
        raise CommandError(_("Parameter %(name)s comes with different values.") % {"name": doubled[0]})
    for name in doubled:
        command.remarks.append(_("%(name)s came with different values; the first is taken") % {"name": name})
    return action.handler(command), command.remarks


def _look_up(parameters: Parameters) -> Action:
    name = parameters["action"]
    if parameters.others("action"):
        raise CommandError(_("Parameter %(name)s comes with different values.") % {"name": "action"})
    known = ", ".join(ACTIONS)
    if not name:
        raise CommandError(_("Parameter action is missing; the actions are %(known)s.") % {"known": known})
    if name not in ACTIONS:
        raise CommandError(
            _("Parameter action: %(name)s is unknown; the actions are %(known)s.")
            % {"name": name[:40], "known": known}
        )
    return ACTIONS[name]
