"""The trash: what was deleted within the last 30 days, and how it comes back."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.access import person, writer_required
from crm.filters.trash import Thrown, TrashFilter
from crm.models import Client, Deal
from crm.models.number import LARGEST
from crm.reports.trash import count_trash, numbers_in_trash, trash_rows
from crm.services.trash import restore_records
from crm.services.undoing import RESTORE, start_batch
from crm.views.going_back import go_back
from crm.views.lists import page_links, page_of
from crm.views.undoing import offer_undo


@require_safe
def show_trash(request: HttpRequest) -> HttpResponse:
    asked = TrashFilter(request.GET, user=person(request))
    counted = count_trash(asked.deals(), asked.clients())
    total = sum(counted.values())
    page = page_of(request, numbers_in_trash(*asked.shown()), count=counted[asked.kind] if asked.kind else total)
    context = {
        "filter": asked,
        "counts": [(kind, counted[kind]) for kind in Thrown],
        "total": total,
        "page": page,
        "rows": trash_rows((row["number"] for row in page), at=asked.at),
        **page_links(page),
    }
    return render(request, "crm/trash.html", context)


@require_POST
@writer_required
@transaction.atomic
def restore(request: HttpRequest) -> HttpResponse:
    """The records whose numbers were sent, of those that the person sees."""
    user = person(request)
    numbers = [int(text) for text in request.POST.getlist("number") if text.isdecimal() and len(text) < 20]
    numbers = [number for number in numbers if number <= LARGEST]
    deals = Deal.objects.visible_to(user).in_trash().filter(pk__in=numbers)
    clients = Client.objects.visible_to(user).in_trash().filter(pk__in=numbers)
    batch = start_batch(kind=RESTORE, by=user)
    count = restore_records(deals=deals.order_by("pk"), clients=clients.order_by("pk"), by=user, batch=batch)
    if not count:
        messages.error(request, _("Choose what to restore."))
    said = ngettext("%(count)d record is back.", "%(count)d records are back.", count) % {"count": count}
    offer_undo(request, said, batch)
    return go_back(request, "trash")
