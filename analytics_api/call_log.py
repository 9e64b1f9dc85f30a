"""The log of calls: what an account asked for, how it ended, how long it took. Written when the work is done, outside
its transaction, so that a failed write leaves its trace; trimmed by age and by number.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error

from analytics_api.models import CallLog
from analytics_api.parameters import RawPair, clean_text
from crm.services import group_commit
from crm.services.inserting import insert

logger = logging.getLogger(__name__)

TRIMMED_EVERY = 500
MASKED = frozenset({"token", "password", "secret"})
# Of a call that went well only the beginning of each value is kept; one that failed must be there whole, to be mended.
SHOWN = 500


def write_down(call: CallLog) -> None:
    """Save a row of the log. A log that cannot be written is no reason to fail a call that was carried out."""
    if call.outcome == CallLog.Outcome.OK:  # a trace, no more
        group_commit.insert_soon(call, then=lambda error: _end(call, error))
        return
    failed = None
    try:  # it may hold a lead that is nowhere else
        insert(call)
    except Error as error:
        failed = error
    _end(call, failed)


def _end(call: CallLog, error: Exception | None) -> None:
    if error is not None:
        logger.error("The log of calls could not be written.", exc_info=error)
    elif call.pk % TRIMMED_EVERY == 0:
        try:
            trim(at=call.at, newest=call.pk)
        except Error:
            logger.exception("The log of calls could not be trimmed.")


def trim(*, at: datetime, newest: int) -> None:
    """Drop what is older than settings.CALL_LOG_DAYS, and all but the newest settings.CALL_LOG_ROWS."""
    CallLog.objects.filter(at__lt=at - timedelta(days=settings.CALL_LOG_DAYS)).delete()
    CallLog.objects.filter(pk__lte=newest - settings.CALL_LOG_ROWS).delete()


def shown(pairs: Iterable[RawPair], *, whole: bool) -> dict[str, str | list[str]]:
    """Parameters for a row of the log: secrets masked; several values of one name as a list."""
    rows: dict[str, list[str]] = {}
    for raw_name, raw_text in pairs:
        name, text = (clean_text(raw.decode(errors="replace")) for raw in (raw_name, raw_text))
        if name.lower() in MASKED:
            text = "***"
        elif not whole and len(text) > SHOWN:
            text = text[:SHOWN] + "…"
        rows.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in rows.items()}


def as_lines(text: str | list[str]) -> str:
    """What is kept of a parameter, to be read: of several values each on a line."""
    return text if isinstance(text, str) else "\n".join(text)
