"""What the protocol keeps of a person who is erased: hangs on `crm.services.erasing`, which knows nothing of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from analytics_api.call_log import as_lines
from analytics_api.last_values import drop_last_values, keep_last_values
from analytics_api.models import CallLog, RetryKey
from analytics_api.payloads import clients, kept_orders
from crm.services.erasing import Erasure


def keep_for_walks(deals: Sequence[int], people: Sequence[int], at: datetime) -> None:
    """Keep what these deals and clients are, for the walks that name them, before they go."""
    drop_last_values(at)
    keep_last_values("export", kept_orders(deals), at=at)
    keep_last_values("export_clients", {int(row["id"]): row for row in clients(people)}, at=at)


def erase_from_protocol(erasure: Erasure) -> None:
    """What was asked for and answered stays in the log, without what it said."""
    RetryKey.objects.filter(number__in=erasure.numbers).update(parameters={})
    CallLog.objects.filter(number__in=erasure.numbers).update(parameters={}, message="")
    CallLog.objects.filter(pk__in=list(_calls_about(erasure))).update(parameters={}, message="")


def _calls_about(erasure: Erasure) -> Iterator[int]:
    """Calls by the protocol that say the person's phone, e-mail or name and wrote nothing of his: failed ones, and
    of the others those that have a phone or an e-mail in them as he left it.
    """
    log = CallLog.objects.exclude(parameters={})
    for pk, parameters, message in log.failed().values_list("pk", "parameters", "message").iterator():
        if any(erasure.traces.found_in(text) for text in (*map(as_lines, parameters.values()), message)):
            yield pk
    texts = {text for client in erasure.clients for text in client.contacts.values_list("entered", flat=True)}
    said = Q(*(Q(said__icontains=text) for text in texts), _connector=Q.OR)
    if said:
        asked = log.annotate(said=Cast("parameters", CharField())).filter(said)
        yield from asked.values_list("pk", flat=True)
