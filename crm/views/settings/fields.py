"""Settings → Custom fields."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import administrator_required, get_custom_field, person
from crm.forms.custom_fields import ChoiceForm, FieldForm
from crm.models import CustomField, FieldValue
from crm.services.custom_fields import change_field, field_was_used, place_field, remove_field
from crm.services.field_choices import choices_being_rewritten
from crm.services.field_types import fields_being_read
from crm.views.going_back import posted
from crm.views.settings.placing import place_asked

EDIT = ["GET", "HEAD", "POST"]


@administrator_required
@require_safe
def list_fields(request: HttpRequest) -> HttpResponse:
    """In the order of card, lists and export; the archived ones stand apart."""
    return _show_list(request, "crm/settings_fields.html")


@administrator_required
@require_http_methods(EDIT)
def new_field(request: HttpRequest) -> HttpResponse:
    form = FieldForm(posted(request))
    if request.method == "POST" and form.is_valid() and (field := form.write(by=person(request))):
        messages.success(request, _("The field “%(name)s” is added, behind the others.") % {"name": field})
        return redirect("settings_fields")
    return show_field(request, form, ChoiceForm())


@administrator_required
@require_http_methods(EDIT)
def edit_field(request: HttpRequest, field: int) -> HttpResponse:
    form = FieldForm(posted(request), instance=get_custom_field(field))
    if request.method == "POST" and form.is_valid() and form.write(by=person(request)):
        messages.success(request, _("Saved."))
        return redirect("settings_fields")
    return show_field(request, form, ChoiceForm())


@administrator_required
@require_POST
def place(request: HttpRequest, field: int) -> HttpResponse:
    """Another place in the order: `place`, from 0, among the fields in use."""
    row = get_custom_field(field)
    to = place_asked(request)
    if to is not None:
        place_field(field=row, place=to, by=person(request))
    if "HX-Request" in request.headers:
        return _show_list(request, "crm/_field_list.html")
    return redirect("settings_fields")


@administrator_required
@require_http_methods(EDIT)
def remove(request: HttpRequest, field: int) -> HttpResponse:
    """Archives the field, or deletes it where no deal ever had a value in it."""
    row = get_custom_field(field)
    if request.method == "POST":
        is_gone = remove_field(field=row, by=person(request))
        said = _("The field “%(name)s” is deleted.") if is_gone else _("The field “%(name)s” is archived.")
        messages.success(request, said % {"name": row})
        return redirect("settings_fields")
    deals = FieldValue.objects.filter(field=row).count()
    context = {"field": row, "deals": deals, "was_used": bool(deals) or field_was_used(row)}
    return render(request, "crm/settings_field_remove.html", context)


@administrator_required
@require_POST
def restore(request: HttpRequest, field: int) -> HttpResponse:
    """Out of the archive."""
    row = change_field(field=get_custom_field(field), is_archived=False, by=person(request))
    messages.success(request, _("The field “%(name)s” is in use again.") % {"name": row})
    return redirect("settings_fields")


def show_field(request: HttpRequest, form: FieldForm, choice_form: ChoiceForm) -> HttpResponse:
    """The page of a field: it, and the labels that it offers."""
    field = form.instance
    is_choice = field.pk is not None and form.initial["type"] == CustomField.Type.CHOICE
    context = {
        "form": form,
        "field": field,
        "choice_form": choice_form,
        "is_choice": is_choice,
        **(offered(field) if is_choice else {}),
    }
    status = 422 if form.errors or choice_form.errors else 200
    return render(request, "crm/settings_field.html", context, status=status)


def offered(field: CustomField) -> dict[str, Any]:
    """For `_choice_list.html`: the labels of a field, and which of them are under way to another."""
    return {"field": field, "choices": list(field.choices.all()), "rewriting": choices_being_rewritten()}


def _show_list(request: HttpRequest, template: str) -> HttpResponse:
    rows, reading = CustomField.objects.with_choices(), fields_being_read()
    context = {
        "usable": [row for row in rows if not row.is_archived],
        "apart": [row for row in rows if row.is_archived],
        "reading": reading,
    }
    return render(request, template, context)
