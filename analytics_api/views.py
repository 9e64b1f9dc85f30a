"""The one address: let in, carry out, answer, write the log (PROTOCOL.md, section 1)."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from analytics_api.answers import compressed, error_body, json_answer
from analytics_api.authentication import let_in
from analytics_api.call_log import write_down
from analytics_api.dialects import speaks_roistat
from analytics_api.errors import RefusedError
from analytics_api.execution import answer
from analytics_api.models import CallLog
from analytics_api.parameters import RawPair
from analytics_api.requests import envelope, has_hung_up, read_pairs, refuse_before_access, wrong_method
from crm.middleware import client_address
from crm.services.integrations import mark_pulled, mark_used

logger = logging.getLogger(__name__)


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
        log = CallLog(integration=integration, at=at, address=client_address(request)[:45])
        keep = request.method != "HEAD" and not has_hung_up(request)
        return compressed(json_answer(_logged(log, pairs, keep=keep)), request)
    except RefusedError as refused:
        return json_answer(error_body(refused.message), status=refused.status, headers=refused.headers)
    except Exception:
        # The service is told in JSON, without a word of the inside; the server's own log has it all.
        logger.exception("A request to /analytics failed.")
        return json_answer(error_body(_("Internal error.")), status=500)


def _logged(log: CallLog, pairs: list[RawPair], *, keep: bool) -> bytes:
    """Carry the command out and write its row of the log, whichever way it ends; the body of the answer."""
    try:
        return answer(log, pairs, keep=keep)
    finally:
        if log.is_pull:
            mark_pulled(log.integration, at=log.at)
        write_down(log)
