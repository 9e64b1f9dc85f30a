"""Settings → Log: who changed which setting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import administrator_required, person
from crm.filters.setting_changes import SettingChangeFilter
from crm.reports.setting_changes import tell_setting
from crm.views.lists import keyed_page


@administrator_required
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """The latest first, paged by keys."""
    asked = SettingChangeFilter(request.GET, user=person(request))
    shown, before = keyed_page(asked.changes().select_related("by"))
    context = {"filter": asked, "told": [tell_setting(change) for change in shown], "before": before}
    return render(request, "crm/settings_log.html", context)
