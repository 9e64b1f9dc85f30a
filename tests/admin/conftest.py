import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client as Browser

from crm.models import Role, User
from tests.factories import make_user


@pytest.fixture
def administrator(db: None) -> User:
    return make_user(login="boss", full_name="Иванова Марина", role=Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def content_types(request: pytest.FixtureRequest) -> None:
    """Django asks for a model's content type once a process: not in the test that happens to come first."""
    if "django_assert_num_queries" in request.fixturenames:
        request.getfixturevalue("db")
        ContentType.objects.get_for_models(*admin.site._registry)


@pytest.fixture
def office(administrator: User) -> Browser:
    """Signed in as the administrator."""
    office = Browser()
    office.force_login(administrator, backend="crm.authentication.PersonBackend")
    return office
