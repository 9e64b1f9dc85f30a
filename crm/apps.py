from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Orbita CRM"


class OrbitaAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site as `admin.site`."""

    default = False  # of the app "crm"; INSTALLED_APPS names this one in full
    default_site = "crm.admin_site.OrbitaAdminSite"
