"""The one-time page of an empty base."""

import pytest
from django.test import Client as HttpClient

from crm.models import Role, User
from crm.services.accounts import setup_token
from tests.factories import make_integration, make_user

pytestmark = pytest.mark.django_db


def filled_in(**overrides: str) -> dict[str, str]:
    return {
        "token": setup_token(),
        "full_name": "Иванова Марина",
        "login": "marina",
        "password": "orbita-orbita",
        "language": "en",
    } | overrides


def test_the_first_administrator_is_made_and_logged_in(client: HttpClient) -> None:
    make_integration()
    answer = client.post("/setup/", filled_in())

    user = User.objects.people().get()
    assert (answer.status_code, user.role, client.session["_auth_user_id"]) == (302, Role.ADMINISTRATOR, str(user.pk))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("token", "guess", "This is not the code of this server."),
        ("password", "short", "This password is too short."),
        ("password", "password123", "This password is too common."),
        ("password", "marina2026", "The password is too similar to the login."),
        ("login", "roistat", "The login “roistat” is taken."),
    ],
)
def test_what_will_not_do_is_said_and_makes_nobody(client: HttpClient, field: str, value: str, said: str) -> None:
    make_integration(login="roistat")
    answer = client.post("/setup/", filled_in(**{field: value}))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.people().exists()


def test_the_page_is_gone_once_a_person_exists(client: HttpClient) -> None:
    make_user(role=Role.OBSERVER, is_active=False)

    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", filled_in()).status_code == 404


def test_on_an_empty_base_the_log_in_page_leads_there(client: HttpClient) -> None:
    assert 'href="/setup/"' in client.get("/login/").content.decode()
    make_user()
    assert 'href="/setup/"' not in client.get("/login/").content.decode()
