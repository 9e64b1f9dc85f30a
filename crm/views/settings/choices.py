"""Settings → Custom fields: the labels that a field of type choice offers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.access import administrator_required, get_choice, get_custom_field, person
from crm.forms.custom_fields import ChoiceForm, ChoiceRemovalForm, FieldForm
from crm.services.field_choices import DEALS, move_choice, values_of
from crm.views.going_back import posted
from crm.views.settings.fields import offered, show_field
from crm.views.settings.placing import place_asked

EDIT = ["GET", "HEAD", "POST"]


@administrator_required
@require_POST
def add(request: HttpRequest, field: int) -> HttpResponse:
    row = get_custom_field(field)
    form = ChoiceForm(request.POST)
    if form.is_valid() and form.add_to(row, by=person(request)):
        return redirect("settings_fields_edit", row.pk)
    return show_field(request, FieldForm(instance=row), form)


@administrator_required
@require_POST
def place(request: HttpRequest, field: int, choice: int) -> HttpResponse:
    """Another place in the order: `place`, from 0."""
    row = get_choice(field, choice)
    to = place_asked(request)
    if to is not None:
        move_choice(choice=row, place=to, by=person(request))
    if "HX-Request" in request.headers:
        return render(request, "crm/_choice_list.html", offered(row.field))
    return redirect("settings_fields_edit", row.field_id)


@administrator_required
@require_http_methods(EDIT)
def rename(request: HttpRequest, field: int, choice: int) -> HttpResponse:
    """Another name, which the deals that hold it get too."""
    row = get_choice(field, choice)
    form = ChoiceForm(posted(request), initial={"label": row.label})
    if request.method == "POST" and form.is_valid():
        deals = form.rename(row, by=person(request))
        if deals is not None:
            messages.success(request, _said_of(deals))
            return redirect("settings_fields_edit", row.field_id)
    context = {"choice": row, "form": form, "deals": values_of(row).count()}
    return render(request, "crm/settings_choice.html", context, status=422 if form.errors else 200)


@administrator_required
@require_http_methods(EDIT)
def remove(request: HttpRequest, field: int, choice: int) -> HttpResponse:
    """Asks what becomes of the deals that hold it."""
    row = get_choice(field, choice)
    deals = values_of(row).count()
    form = ChoiceRemovalForm(posted(request), choice=row, deals=deals)
    if request.method == "POST" and form.is_valid():
        rewritten = form.write(by=person(request))
        if rewritten is not None:
            messages.success(request, _said_of(rewritten))
            return redirect("settings_fields_edit", row.field_id)
    context = {"choice": row, "form": form, "deals": deals}
    return render(request, "crm/settings_choice_remove.html", context, status=422 if form.errors else 200)


def _said_of(deals: int) -> str:
    if not deals:
        return _("Saved.")
    count = {"count": deals}
    if deals > DEALS:
        said = ngettext(
            "%(count)d deal is being rewritten in the background.",
            "%(count)d deals are being rewritten in the background.",
            deals,
        )
        return said % count
    return ngettext("Saved; %(count)d deal is rewritten.", "Saved; %(count)d deals are rewritten.", deals) % count
