"""A client as he was before a batch."""

from crm.models import Change, Client
from crm.services.clients import CHANGEABLE, save_changed, trash_client
from crm.services.history import Entry
from crm.services.putting_back import Kept, Record, Work, put_back_columns

Verb = Change.Verb


def put_back_client(client: Client, done: Record, work: Work) -> None:
    """Put back what the batch did to a locked client; one that it made goes to the trash."""
    if client.merged_into is not None:
        return done.keep(Kept.Reason.CHANGED)
    if done.did(Verb.CREATED):
        if client.trashed_at is None and done.changed_since():
            return done.keep(Kept.Reason.CHANGED)
        trash_client(client=client, by=work.by, via=work.via, at=work.at)
        return None
    entries = put_back_columns(client, done, CHANGEABLE) + _trash(client, done, work)
    return save_changed(client, entries, by=work.by, via=work.via, at=work.at)


def _trash(client: Client, done: Record, work: Work) -> list[Entry]:
    """In or out of the trash, as he was."""
    doings = [change.verb for change in done.changes if change.verb in (Verb.TRASHED, Verb.RESTORED)]
    was_in_trash = doings[:1] == [Verb.RESTORED]
    if not doings or was_in_trash == (client.trashed_at is not None):
        return []
    if not was_in_trash:
        client.trashed_at = None
        return [Entry(client.pk, Verb.RESTORED)]
    thrown = Change.objects.filter(number=client.pk, verb=Verb.TRASHED, pk__lt=done.changes[0].pk).last()
    client.trashed_at = thrown.at if thrown else work.at
    return [Entry(client.pk, Verb.TRASHED)]
