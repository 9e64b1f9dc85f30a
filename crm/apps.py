from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from crm import postgresql


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Orbita CRM"

    def ready(self) -> None:
        post_migrate.connect(_keep_text_indexes, sender=self)
        connection_created.connect(postgresql.set_up)


def _keep_text_indexes(*, using: str, plan: list[tuple[Any, bool]] | None = None, **_options: Any) -> None:
    from crm.models.text_index import keep_text_indexes

    if connections[using].introspection.table_names():
        keep_text_indexes(connections[using])


class OrbitaAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site as `admin.site`."""

    default = False  # of the app "crm"; INSTALLED_APPS names this one in full
    default_site = "crm.admin_site.OrbitaAdminSite"
