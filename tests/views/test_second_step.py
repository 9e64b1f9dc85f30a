"""Two-step log-in: set up in the profile, passed after the password, without any way around."""

import re
import time

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as HttpClient

from crm.models import Authenticator, Role, User
from crm.services.accounts import password_link
from crm.services.people import change_user
from crm.services.two_factor import has_two_factor
from tests.factories import make_user
from tests.second_step import code_of, switched_on

pytestmark = pytest.mark.django_db
PAGE = "/profile/two-step/"
PASSWORD = {"username": "anna", "password": "a password"}


@pytest.fixture
def anna() -> User:
    return make_user(login="anna", role=Role.ADMINISTRATOR)


@pytest.fixture
def app(anna: User) -> Authenticator:
    return switched_on(anna)[0]


def logged_in(user: User) -> HttpClient:
    client = HttpClient()
    client.force_login(user)
    return client


def is_in(client: HttpClient) -> bool:
    return "_auth_user_id" in client.session


def test_it_is_set_up_and_the_other_sessions_end(anna: User) -> None:
    here, there = logged_in(anna), logged_in(anna)
    page = here.get(PAGE)
    assert (page.headers["Cache-Control"].count("no-store"), "<svg" in page.context["qr"]) == (1, True)
    app = Authenticator.objects.get()

    shown = here.post(PAGE, {"code": code_of(app)})

    assert (shown.context["is_new"], len(shown.context["codes"]), has_two_factor(anna)) == (True, 10, True)
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


def test_the_picture_has_no_style_and_the_key_is_not_shown_afterwards(anna: User) -> None:
    client = logged_in(anna)
    page = client.get(PAGE)
    assert re.findall(r" (style|class|on\w+)=", page.context["qr"]) == []
    key = page.context["key"]
    assert key in page.content.decode()

    client.post(PAGE, {"code": code_of(Authenticator.objects.get())})

    assert key not in client.get(PAGE).content.decode()
    assert key not in client.post(PAGE, {"code": "000000"}).content.decode()


def test_a_wrong_first_code_changes_nothing(anna: User) -> None:
    client = logged_in(anna)
    client.get(PAGE)

    page = client.post(PAGE, {"code": "letters"})

    assert (page.status_code, has_two_factor(anna)) == (422, False)
    assert page.context["form"].errors == {"code": ["This code is not right, or it was used already."]}


def test_after_the_password_there_is_no_session_before_the_code(client: HttpClient, app: Authenticator) -> None:
    answer = client.post("/login/", PASSWORD | {"next": "/deals/?status=2"})

    assert (answer.headers["Location"], is_in(client)) == ("/login/code/", False)
    assert client.get("/deals/").headers["Location"].startswith("/login/")
    answer = client.post("/login/code/", {"code": code_of(app)})
    assert (answer.headers["Location"], is_in(client)) == ("/deals/?status=2", True)


def test_the_administration_is_no_way_around(client: HttpClient, app: Authenticator) -> None:
    assert client.post("/admin/login/", PASSWORD | {"next": "/admin/"}).status_code in (302, 405)
    client.post("/login/", PASSWORD | {"next": "/admin/"})

    assert client.get("/admin/").status_code == 302
    assert not is_in(client)
    assert client.post("/login/code/", {"code": code_of(app)}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    for device in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert client.get(f"/admin/{device}/").status_code == 404


def test_a_new_password_by_a_link_is_no_way_around(client: HttpClient, anna: User, app: Authenticator) -> None:
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}
    address = client.get(password_link(anna)).headers["Location"]
    client.post(address, new)

    client.post("/login/", PASSWORD | {"password": "quite another one"})

    assert not is_in(client)


def test_a_recovery_code_lets_in_and_says_how_many_are_left(client: HttpClient, anna: User) -> None:
    _, codes = switched_on(anna)
    client.post("/login/", PASSWORD)

    page = client.post("/login/code/", {"code": codes[0]}, follow=True)

    assert "Recovery codes left: 9." in page.content.decode()


def test_whoever_guesses_begins_with_the_password_again(
    client: HttpClient, app: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.TOTPDevice.get_throttle_factor", lambda self: 0)
    client.post("/login/", PASSWORD)

    codes = [client.post("/login/code/", {"code": "letter"}).status_code for _ in range(5)]

    assert codes == [422, 422, 422, 422, 302]
    assert client.post("/login/code/", {"code": code_of(app)}).headers["Location"] == "/login/"


def test_wrong_codes_make_wait(client: HttpClient, app: Authenticator) -> None:
    client.post("/login/", PASSWORD)
    client.post("/login/code/", {"code": "000000"})

    page = client.post("/login/code/", {"code": code_of(app)})

    assert page.context["form"].errors == {"code": ["There were wrong codes: wait 1 second before the next one."]}
    assert not is_in(client)


def test_the_second_step_waits_ten_minutes(
    client: HttpClient, app: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/login/", PASSWORD)
    late = time.time() + 601
    monkeypatch.setattr("crm.views.second_step.time.time", lambda: late)

    assert client.get("/login/code/").headers["Location"] == "/login/"


def test_who_is_switched_off_between_the_steps_is_not_let_in(
    client: HttpClient, anna: User, app: Authenticator
) -> None:
    make_user(role=Role.ADMINISTRATOR)
    client.post("/login/", PASSWORD)
    change_user(user=anna, is_active=False)

    assert client.post("/login/code/", {"code": code_of(app)}).headers["Location"] == "/login/"
    assert not is_in(client)


def test_new_codes_and_the_switch_ask_for_the_password(anna: User, app: Authenticator) -> None:
    client = logged_in(anna)
    assert client.post(f"{PAGE}codes/", {"codes-password": "wrong"}).status_code == 422
    assert client.post(f"{PAGE}off/", {"off-password": "wrong"}).status_code == 422
    assert has_two_factor(anna)

    assert len(client.post(f"{PAGE}codes/", {"codes-password": "a password"}).context["codes"]) == 10
    assert client.post(f"{PAGE}off/", {"off-password": "a password"}).headers["Location"] == "/profile/"
    assert not has_two_factor(anna)


def test_an_administrator_removes_it_for_another(anna: User) -> None:
    olga = make_user(login="olga")
    switched_on(olga)
    office = logged_in(anna)
    assert "two-step log-in" in office.get("/settings/people/").content.decode()

    office.post(f"/settings/people/{olga.pk}/two-step/")

    assert not has_two_factor(olga)


def test_a_command_removes_it_where_nobody_else_can(anna: User, app: Authenticator) -> None:
    call_command("remove_two_factor", "Anna")

    assert not has_two_factor(anna)
    for login in ("anna", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_two_factor", login)
