"""Log in, log out, a forgotten password."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as HttpClient
from pytest_django import Settings

from crm.models import Role, User
from crm.services.accounts import password_link
from tests.factories import make_integration, make_user

SMTP = "django.core.mail.backends.smtp.EmailBackend"
NOBODY_LISTENS = 1  # a port of this machine

# Of the CSRF guard, another one on each page.
TOKEN = r"\b[0-9A-Za-z]{64}\b"

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_user(login="anna", email="anna@example.ru")


@pytest.fixture(autouse=True)
def _no_message_was_sent() -> None:
    cache.clear()


def log_in(client: HttpClient, login: str, password: str) -> int:
    return client.post("/login/", {"username": login, "password": password}).status_code


def test_a_login_is_read_in_any_case(client: HttpClient, anna: User) -> None:
    assert log_in(client, " Anna", "a password") == 302
    assert client.session["_auth_user_id"] == str(anna.pk)


def test_one_comes_back_to_where_one_was_going_and_nowhere_else(client: HttpClient, anna: User) -> None:
    right = {"username": "anna", "password": "a password"}

    assert client.post("/login/", right | {"next": "/deals/?status=2"}).headers["Location"] == "/deals/?status=2"
    client.logout()
    assert client.post("/login/", right | {"next": "https://example.com/"}).headers["Location"] == "/"


def test_who_was_switched_off_is_not_let_in(client: HttpClient) -> None:
    make_user(login="left", is_active=False)

    assert log_in(client, "left", "a password") == 200


def test_a_guesser_is_shut_out_however_he_spells_the_login(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 3

    assert [log_in(client, login, "a guess") for login in ("anna", "ANNA", "Anna")] == [200, 200, 429]
    assert log_in(client, "aNNa", "a password") == 429


def test_a_colleague_is_not_shut_out_with_the_guesser(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    make_user(login="olga")
    log_in(client, "anna", "a guess")

    assert log_in(HttpClient(REMOTE_ADDR="192.0.2.1"), "anna", "a password") == 302
    assert log_in(HttpClient(), "olga", "a password") == 302


def test_one_logs_out_by_a_button_alone(client: HttpClient, anna: User) -> None:
    client.force_login(anna)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert "_auth_user_id" not in client.session


def test_a_fragment_sends_the_whole_page_to_the_log_in(client: HttpClient) -> None:
    answer = client.get(
        "/tasks/", headers={"HX-Request": "true", "HX-Current-URL": "https://crm.example/deals/?status=2"}
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/login/?next=%2Fdeals%2F%3Fstatus%3D2")


def test_a_forgotten_password_is_replaced_by_a_link(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = True
    client.post("/password/", {"email": "ANNA@example.ru"})
    [message] = mail.outbox
    assert message.to == ["anna@example.ru"]
    link = re.search(r"http://testserver(/password/\S+)", str(message.body))
    assert link

    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], dict.fromkeys(["new_password1", "new_password2"], "quite another one"))

    assert log_in(client, "anna", "quite another one") == 302


def test_a_stranger_learns_nothing_and_floods_nobody(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = True
    known, again, unknown = (
        re.sub(f"{email}|{TOKEN}", "", client.post("/password/", {"email": email}).content.decode())
        for email in ("anna@example.ru", "anna@example.ru", "nobody@example.ru")
    )

    assert known == again == unknown
    assert len(mail.outbox) == 1


def test_a_mail_server_that_takes_nothing_tells_a_stranger_nothing_either(
    client: HttpClient, anna: User, settings: Settings
) -> None:
    backend = settings.EMAIL_BACKEND
    settings.CAN_SEND_EMAIL = True
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, NOBODY_LISTENS
    known, unknown = (
        re.sub(f"{email}|{TOKEN}", "", client.post("/password/", {"email": email}).content.decode())
        for email in ("anna@example.ru", "nobody@example.ru")
    )
    assert known == unknown

    settings.EMAIL_BACKEND = backend
    client.post("/password/", {"email": "anna@example.ru"})  # at once: nothing was sent yet

    assert len(mail.outbox) == 1


def test_without_e_mail_an_administrator_makes_the_link(
    client: HttpClient, anna: User, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Ask an administrator for a link" in client.get("/password/").content.decode()
    client.post("/password/", {"email": "anna@example.ru"})
    assert mail.outbox == []

    call_command("password_link", "Anna")

    assert capsys.readouterr().out.strip().endswith(password_link(anna))


def test_no_link_is_made_for_who_cannot_log_in() -> None:
    make_integration(login="roistat")
    make_user(login="left", is_active=False)
    for login in ("roistat", "left", "nobody"):
        with pytest.raises(CommandError, match="no active person"):
            call_command("password_link", login)


def test_a_new_password_opens_what_guessing_had_closed(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    log_in(client, "anna", "a guess")
    assert log_in(client, "anna", "a password") == 429

    form = client.get(password_link(anna), follow=True)
    client.post(form.redirect_chain[-1][0], dict.fromkeys(["new_password1", "new_password2"], "quite another one"))

    assert log_in(client, "anna", "quite another one") == 302


def test_the_administration_has_no_log_in_page_of_its_own(client: HttpClient) -> None:
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/login/?next=%2Fadmin%2F"
    client.force_login(make_user(role=Role.OBSERVER))
    assert client.get("/admin/", follow=True).status_code == 403
