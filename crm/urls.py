"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from crm.views import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("analytics_api.urls")),
]
