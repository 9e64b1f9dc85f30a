"""People: added, changed, switched off; never deleted."""

from typing import Any

import pytest
from django.test import Client as Browser

from crm.models import Role, User
from tests.admin.pages import errors, save
from tests.factories import make_integration, make_user

LIST = "/admin/crm/user/"


def page(user: User) -> str:
    return f"{LIST}{user.pk}/change/"


def password_page(user: User) -> str:
    return f"{LIST}{user.pk}/password/"


def signed_in(user: User) -> Browser:
    session = Browser()
    session.force_login(user, backend="crm.authentication.PersonBackend")
    return session


def enters(session: Browser) -> bool:
    return session.get("/admin/").status_code == 200


PERSON = {"login": " Olga ", "full_name": "Петрова Ольга", "email": "o@x.ru", "role": "observer", "own_only": "on"}
GOOD = "правильный конь 7"


def test_a_person_is_added(office: Browser) -> None:
    save(office, f"{LIST}add/", **PERSON, password1=GOOD, password2=GOOD)

    user = User.objects.get(login="olga")
    assert (user.full_name, user.email, user.role, user.own_only, user.kind) == (
        "Петрова Ольга",
        "o@x.ru",
        "observer",
        True,
        "person",
    )
    assert user.check_password(GOOD)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"login": "BOSS"}, "login"),
        ({"login": ""}, "login"),
        ({"email": "nobody"}, "email"),
        ({"password2": "другой конь 7"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"password1": "password12", "password2": "password12"}, "password2"),
        ({"password1": "", "password2": ""}, "password1"),
    ],
)
def test_a_person_that_cannot_be_is_refused(office: Browser, changes: dict[str, str], field: str) -> None:
    response = save(office, f"{LIST}add/", **PERSON | {"password1": GOOD, "password2": GOOD} | changes)

    assert field in errors(response)
    assert User.objects.count() == 1


def test_a_person_is_changed(office: Browser) -> None:
    user = make_user()

    save(office, page(user), full_name="Петрова Ольга", role="observer", zone="Asia/Omsk")

    user.refresh_from_db()
    assert (user.full_name, user.role, user.zone) == ("Петрова Ольга", "observer", "Asia/Omsk")


def test_there_is_no_such_time_zone(office: Browser) -> None:
    assert list(errors(save(office, page(make_user()), zone="Mars/Olympus"))) == ["zone"]


def test_a_login_stays_unique(office: Browser) -> None:
    assert list(errors(save(office, page(make_user()), login="Boss"))) == ["login"]


def test_who_is_switched_off_loses_his_sessions(office: Browser) -> None:
    colleague = make_user(role=Role.ADMINISTRATOR)
    session = signed_in(colleague)
    assert enters(session)

    save(office, page(colleague), is_active=None)

    assert not enters(session)


@pytest.mark.parametrize(("changes", "field"), [({"is_active": None}, "is_active"), ({"role": "manager"}, "role")])
def test_the_last_active_administrator_stays(
    office: Browser, administrator: User, changes: dict[str, Any], field: str
) -> None:
    make_user(role=Role.ADMINISTRATOR, is_active=False)

    response = save(office, page(administrator), **changes)

    assert errors(response) == {field: ["This is the last active administrator: somebody has to administer."]}
    administrator.refresh_from_db()
    assert administrator.is_administrator


def test_one_of_two_administrators_may_go(office: Browser, administrator: User) -> None:
    make_user(role=Role.ADMINISTRATOR)

    save(office, page(administrator), is_active=None)

    assert not enters(office)


def test_nobody_is_deleted(office: Browser) -> None:
    user = make_user()

    assert office.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_service_users_are_nowhere(office: Browser, administrator: User) -> None:
    service = make_integration().user

    assert list(office.get(LIST).context["cl"].result_list) == [administrator]
    assert office.get(page(service)).status_code == 302
    assert office.get(password_page(service)).status_code == 404


def test_a_new_password_ends_the_sessions(office: Browser) -> None:
    colleague = make_user(role=Role.ADMINISTRATOR)
    session = signed_in(colleague)

    office.post(password_page(colleague), {"new_password1": GOOD, "new_password2": GOOD})

    colleague.refresh_from_db()
    assert (colleague.check_password(GOOD), enters(session)) == (True, False)


def test_ones_own_session_outlives_a_new_password(office: Browser, administrator: User) -> None:
    office.post(password_page(administrator), {"new_password1": GOOD, "new_password2": GOOD})

    assert enters(office)


def test_a_weak_password_is_refused(office: Browser) -> None:
    user = make_user()

    response = office.post(password_page(user), {"new_password1": "short", "new_password2": "short"})

    assert list(errors(response)) == ["new_password2"]
    user.refresh_from_db()
    assert user.check_password("a password")


def test_no_page_shows_a_hash(office: Browser, administrator: User) -> None:
    assert administrator.password not in office.get(page(administrator)).content.decode()
