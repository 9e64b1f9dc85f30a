"""Links from one page of the administration to another."""

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString


def record_url(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def record_link(row: Model | None, text: str = "") -> SafeString | str:
    """The row's name as a link to its page, "-" for none."""
    return format_html('<a href="{}">{}</a>', record_url(row), text or str(row)) if row is not None else "-"


def list_url(model: str, **parameters: str | int) -> str:
    """The address of a model's list, "crm.deal", with filters or a search."""
    app, name = model.split(".")
    return f"{reverse(f'admin:{app}_{name}_changelist')}?{urlencode(parameters)}"


def list_link(model: str, text: str | Promise, **parameters: str | int) -> SafeString:
    return format_html('<a href="{}">{}</a>', list_url(model, **parameters), text)
