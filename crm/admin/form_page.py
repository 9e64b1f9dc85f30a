"""Pages with a form of their own beside Django's add and change."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse


def form_page(
    request: HttpRequest,
    model_admin: "ModelAdmin[Any]",
    row: Model | None,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str,
    explanation: str = "",
) -> TemplateResponse:
    """A page about `row`, or one to come, that asks what `form` asks; without fields it only asks for a yes."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": row,
        "title": title,
        "explanation": explanation,
        "submit": submit,
        "form": form,
        "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),  # type: ignore[arg-type]  # any form does
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/form_page.html", context)
