from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsApiConfig(AppConfig):
    name = "analytics_api"
    verbose_name = _("Analytics service")

    def ready(self) -> None:
        from analytics_api.erasing import erase_from_protocol, keep_for_walks
        from analytics_api.last_values import drop_last_values
        from crm.services.erasing import DROPPERS, ERASERS, KEEPERS

        ERASERS.append(erase_from_protocol)
        KEEPERS.append(keep_for_walks)
        DROPPERS.append(drop_last_values)
