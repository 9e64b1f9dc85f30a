"""The first page of Settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import administrator_required
from crm.models import Integration


@administrator_required
@require_safe
def show_settings(request: HttpRequest) -> HttpResponse:
    """The sections, each with a word on what it is for."""
    silent = Integration.objects.silent().count()
    return render(request, "crm/settings_index.html", {"silent": silent})
