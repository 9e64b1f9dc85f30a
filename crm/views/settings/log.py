"""Settings → Log: who changed which setting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.access import administrator_required, person
from crm.filters.setting_changes import SettingChangeFilter
from crm.reports.setting_changes import tell_setting
from crm.views.lists import ROWS_A_PAGE


@administrator_required
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """The latest first, paged by keys: what comes meanwhile shifts nothing."""
    asked = SettingChangeFilter(request.GET, user=person(request))
    rows = list(asked.changes().select_related("by")[: ROWS_A_PAGE + 1])
    shown, more = rows[:ROWS_A_PAGE], len(rows) > ROWS_A_PAGE
    context = {
        "filter": asked,
        "told": [tell_setting(change) for change in shown],
        "before": shown[-1].pk if more else None,
    }
    return render(request, "crm/settings_log.html", context)
