"""Who sets up the installation."""

import pytest
from django.test import Client as HttpClient

from crm.models import Role, User
from tests.factories import make_user


@pytest.fixture
def administrator(db: None) -> User:
    return make_user(role=Role.ADMINISTRATOR)


@pytest.fixture
def office(administrator: User) -> HttpClient:
    """A browser in which an administrator is logged in."""
    client = HttpClient()
    client.force_login(administrator)
    return client
