"""Settings → Statuses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import administrator_required, get_status, person
from crm.forms.statuses import RemovalForm, StatusForm
from crm.models import Deal, Status
from crm.services.status_removal import Removed
from crm.services.statuses import change_status, place_status, status_was_used
from crm.views.going_back import posted
from crm.views.settings.placing import place_asked

EDIT = ["GET", "HEAD", "POST"]


@administrator_required
@require_safe
def list_statuses(request: HttpRequest) -> HttpResponse:
    """In the order of the board; the archived ones and that of deleted deals stand apart."""
    return _show_list(request, "crm/settings_statuses.html")


@administrator_required
@require_http_methods(EDIT)
def new_status(request: HttpRequest) -> HttpResponse:
    form = StatusForm(posted(request))
    if request.method == "POST" and form.is_valid() and (status := form.write(by=person(request))):
        messages.success(request, _("The status “%(name)s” is added, behind the others.") % {"name": status})
        return redirect("settings_statuses")
    return _show_form(request, form)


@administrator_required
@require_http_methods(EDIT)
def edit_status(request: HttpRequest, status: int) -> HttpResponse:
    form = StatusForm(posted(request), instance=get_status(status))
    if request.method == "POST" and form.is_valid() and form.write(by=person(request)):
        messages.success(request, _("Saved."))
        return redirect("settings_statuses")
    return _show_form(request, form)


@administrator_required
@require_POST
def place(request: HttpRequest, status: int) -> HttpResponse:
    """Another place in the order: `place`, from 0, among the statuses in use."""
    row = get_status(status)
    to = place_asked(request)
    if to is not None:
        place_status(status=row, place=to, by=person(request))
    if "HX-Request" in request.headers:
        return _show_list(request, "crm/_status_list.html")
    return redirect("settings_statuses")


@administrator_required
@require_http_methods(EDIT)
def remove(request: HttpRequest, status: int) -> HttpResponse:
    """Asks where the deals go, then archives the status, or deletes it where no deal was ever in it."""
    row = get_status(status)
    deals = Deal.objects.filter(status=row).count()
    form = RemovalForm(posted(request), status=row, deals=deals)
    if request.method == "POST" and form.is_valid() and (removed := form.write(by=person(request))):
        messages.success(request, _said_of(removed, row))
        return redirect("settings_statuses")
    context = {"status": row, "deals": deals, "form": form, "was_used": status_was_used(row)}
    return render(request, "crm/settings_status_remove.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def restore(request: HttpRequest, status: int) -> HttpResponse:
    """Out of the archive."""
    row = change_status(status=get_status(status), is_archived=False, by=person(request))
    messages.success(request, _("The status “%(name)s” is in use again.") % {"name": row})
    return redirect("settings_statuses")


def _show_list(request: HttpRequest, template: str) -> HttpResponse:
    rows = list(Status.objects.with_deal_counts())
    context = {"usable": [row for row in rows if row.is_usable], "apart": [row for row in rows if not row.is_usable]}
    return render(request, template, context)


def _show_form(request: HttpRequest, form: StatusForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "crm/settings_status.html", {"form": form, "status": form.instance}, status=status)


def _said_of(removed: Removed, status: Status) -> str:
    if removed.is_gone:
        return _("The status “%(name)s” is deleted.") % {"name": status}
    if removed.moved:
        said = ngettext(
            "%(count)d deal is moved; the status “%(name)s” is archived.",
            "%(count)d deals are moved; the status “%(name)s” is archived.",
            removed.moved,
        )
        return said % {"count": removed.moved, "name": status}
    return _("The status “%(name)s” is archived.") % {"name": status}
