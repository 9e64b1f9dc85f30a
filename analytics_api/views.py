"""The one address: let in, look up the action, carry it out, answer (PROTOCOL.md, section 1)."""

import logging
import time
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from analytics_api.actions import ACTIONS, Action, Answer, Command
from analytics_api.answers import compressed, error_body, json_answer
from analytics_api.authentication import let_in
from analytics_api.call_log import shown, write_down
from analytics_api.dialects import speaks_roistat
from analytics_api.errors import CommandError, RefusedError
from analytics_api.models import CallLog
from analytics_api.parameters import Parameters, RawPair, decode_pairs
from analytics_api.requests import envelope, read_pairs, refuse_before_access, wrong_method
from crm.middleware import client_address
from crm.models import Integration
from crm.services.integrations import mark_used

logger = logging.getLogger(__name__)

Outcome = CallLog.Outcome


# The endpoint knows no session and no cookie, so there is nothing that a forged form could borrow.
@csrf_exempt
@login_not_required
def analytics(request: HttpRequest) -> HttpResponse:
    """Answer a request of an analytics service: in JSON, whatever happens."""
    at = timezone.now()
    try:
        refuse_before_access(request)
        pairs = read_pairs(request)
        integration = let_in(request, envelope(pairs), at=at)
        if request.method == "POST" and not speaks_roistat(integration):
            raise wrong_method()
        mark_used(integration, at=at)
        return compressed(json_answer(_logged(request, integration, pairs, at=at)), request)
    except RefusedError as refused:
        return json_answer(error_body(refused.message), status=refused.status, headers=refused.headers)
    except Exception:
        # The service is told in JSON, without a word of the inside; the server's own log has it all.
        logger.exception("A request to /analytics failed.")
        return json_answer(error_body(_("Internal error.")), status=500)


def _logged(request: HttpRequest, integration: Integration, pairs: list[RawPair], *, at: datetime) -> bytes:
    """Carry the command out and write its row of the log, whichever way it ends; the body of the answer."""
    started = time.perf_counter()
    log = CallLog(integration=integration, at=at, address=client_address(request)[:45], outcome=Outcome.FAULT)
    log.action = envelope(pairs)["action"][:20]
    try:
        answer, remarks = _carry_out(request, integration, pairs, at=at)
        log.outcome = Outcome.FLAGGED if remarks else Outcome.OK
        log.message, log.number, log.rows = "\n".join(remarks), answer.number, answer.rows
        return answer.body
    except CommandError as error:
        log.outcome, log.message = Outcome.ERROR, str(error)
        return error_body(str(error))
    finally:
        log.parameters = shown(pairs, whole=log.outcome != Outcome.OK)
        log.duration_ms = (time.perf_counter() - started) * 1000
        write_down(log)


def _carry_out(
    request: HttpRequest, integration: Integration, pairs: list[RawPair], *, at: datetime
) -> tuple[Answer, list[str]]:
    """The answer, and the remarks for the log; CommandError where the command cannot be carried out."""
    parameters = Parameters(decode_pairs(pairs))
    action = _look_up(parameters)
    if action.writes and not integration.can_write:
        raise CommandError(_("This account may only read."))
    command = Command(
        integration=integration,
        action=parameters["action"],
        parameters=parameters,
        at=at,
        keep=request.method != "HEAD",
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
