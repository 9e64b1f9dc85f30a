"""What somebody just did, offered to be undone by the message that tells of it, and undone."""

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from crm.access import get_batch, person, writer_required
from crm.models import Batch, Client, Deal, Task
from crm.services.putting_back import Kept
from crm.services.undoing import Undone, undo_batch
from crm.views.going_back import go_back
from crm.views.requests import HtmxRequest

# How a message says which batch it can undo; the template filter `undoes` reads it.
TAG = "undo-"


def offer_undo(request: HttpRequest, text: str, batch: Batch) -> None:
    """Tell what was done under the batch, with a way to undo it; of one that did nothing nothing is told."""
    if batch.changes.exists():
        messages.success(request, text, extra_tags=f"{TAG}{batch.pk}")
    else:
        batch.delete()


@require_POST
@writer_required
def undo(request: HtmxRequest, number: int) -> HttpResponse:
    """Undo a batch of one's own. A page that puts itself in order by the event "undone" gets only what to say."""
    user = person(request)
    batch = get_batch(user, number)
    level, text = _said(undo_batch(batch=batch, by=user), user.pk)
    messages.add_message(request, level, text)
    if not request.htmx:
        return go_back(request, "board")
    return trigger_client_event(render(request, "crm/_toasts.html"), "undone")


def _said(undone: Undone, by: int) -> tuple[int, str]:
    """The level and the text of the message that tells what came of undoing."""
    if not undone.kept and not undone.put_back:
        return messages.INFO, _("This is undone already.")
    if not undone.kept:
        return messages.SUCCESS, _("Undone.")
    if undone.put_back or len(undone.kept) > 1:
        return messages.WARNING, _said_of_many(undone)
    return messages.WARNING, _said_of_one(undone.kept[0], by)


def _said_of_many(undone: Undone) -> str:
    back, kept = len(undone.put_back), len({kept.number for kept in undone.kept})
    said = ngettext(
        "%(count)d stays as it is: it was changed since.", "%(count)d stay as they are: they were changed since.", kept
    ) % {"count": kept}
    if not back:
        return said
    undone_for = ngettext("Undone for %(count)d record.", "Undone for %(count)d records.", back) % {"count": back}
    return f"{undone_for} {said}"


def _said_of_one(kept: Kept, by: int) -> str:
    if kept.reason is Kept.Reason.HIDDEN:
        return _("Nothing is undone: you do not see it any more.")
    if kept.reason is Kept.Reason.GONE:
        return _("Nothing is undone: what was there before is no more.")
    record, since = _record(kept.number), kept.since
    if since is None or since.by is None or since.by.pk == by:
        return _("Nothing is undone: “%(record)s” was changed since.") % {"record": record}
    return _("Nothing is undone: %(who)s has changed “%(record)s” since.") % {"who": since.by, "record": record}


def _record(number: int) -> str:
    """What a deal, a client or a task is called."""
    models: tuple[type[Model], ...] = (Deal, Client, Task)
    rows = (model._default_manager.filter(pk=number).first() for model in models)
    return next((str(row) for row in rows if row is not None), f"#{number}")
