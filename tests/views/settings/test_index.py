"""The first page of Settings."""

import pytest
from django.test import Client as HttpClient
from django.urls import reverse

from crm.models import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_first_page_leads_to_the_administration(client: HttpClient) -> None:
    client.force_login(make_user(role=Role.ADMINISTRATOR))
    page = client.get("/settings/").content.decode()

    assert f'href="{reverse("admin:index")}"' in page


def test_the_rail_leads_administrators_alone_to_the_settings(client: HttpClient) -> None:
    rail = '<a href="/settings/"'

    client.force_login(make_user(role=Role.ADMINISTRATOR))
    assert rail in client.get("/tasks/").content.decode()
    client.force_login(make_user(role=Role.MANAGER))
    assert rail not in client.get("/tasks/").content.decode()
