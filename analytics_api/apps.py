from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsApiConfig(AppConfig):
    name = "analytics_api"
    verbose_name = _("Analytics service")
