"""The protocol's address, with and without the slash: a redirect between them could drop credentials."""

from django.urls import re_path

from analytics_api.views import analytics

urlpatterns = [re_path(r"^analytics/?$", analytics, name="analytics")]
