"""The trash: what is taken out of it again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from crm.models import Batch, Change, Client, Deal, User
from crm.services.clients import restore_client
from crm.services.deals import restore_deal


@transaction.atomic
def restore_records(
    *,
    deals: Iterable[Deal],
    clients: Iterable[Client],
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    batch: Batch | None = None,
) -> int:
    """Bring deals and clients back from the trash; how many there were is returned."""
    restored: list[Deal | Client] = []
    restored += [restore_deal(deal=deal, by=by, via=via, at=at, batch=batch) for deal in deals]
    restored += [restore_client(client=client, by=by, via=via, at=at, batch=batch) for client in clients]
    return len(restored)
