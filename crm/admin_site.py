"""The administration's pages as one site, its index in the order in which people need them.

Outside crm.admin, which registers with this site when it is imported.
"""

from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Section(NamedTuple):
    """A part of the index: the models in it, by label, in order."""

    slug: str
    name: str | Promise
    models: tuple[str, ...]


SECTIONS = (
    Section(
        "daily-work",
        _("Daily work"),
        ("crm.Deal", "crm.Client", "crm.Task", "crm.Call", "crm.Message", "crm.ProbableDuplicates", "crm.Change"),
    ),
    Section("configuration", _("Configuration"), ("crm.Status", "crm.CustomField", "crm.FirmPhone")),
    Section("people", _("People and access"), ("crm.User", "axes.AccessAttempt")),
    Section(
        "analytics-service",
        _("Analytics service"),
        ("crm.Integration", "analytics_api.CallLog", "analytics_api.FailedAccess"),
    ),
)


class OrbitaAdminSite(admin.AdminSite):
    site_title = _("Orbita CRM")
    site_header = _("Orbita CRM")
    index_title = _("Administration")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Each model's own page knows what may be deleted, and by which service.
        self.disable_action("delete_selected")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The sections with what is in them; with `app_label`, as a breadcrumb asks, only what is of that app."""
        models = {
            model["model"]._meta.label: model
            for app in self._build_app_dict(request, app_label).values()
            for model in app["models"]
        }
        return [
            {
                "name": section.name,
                "app_label": section.slug,
                "models": [models[label] for label in section.models if label in models],
            }
            for section in SECTIONS
            if models.keys() & set(section.models)
        ]
