"""Who may be switched off, and by which login people sign in."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import Role
from crm.services.people import add_user, change_user, set_password
from tests.factories import make_integration, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("columns", [{"is_active": False}, {"role": Role.MANAGER}])
def test_the_last_active_administrator_stays(columns: dict[str, object]) -> None:
    boss = make_user(role=Role.ADMINISTRATOR)
    make_user(role=Role.ADMINISTRATOR, is_active=False)

    with pytest.raises(ValidationError):
        change_user(user=boss, **columns)

    boss.refresh_from_db()
    assert boss.is_administrator


def test_others_are_changed_where_nobody_administers_yet() -> None:
    user = make_user()

    assert change_user(user=user, full_name="Олег").full_name == "Олег"


def test_a_login_is_kept_in_lower_case_and_once() -> None:
    user = change_user(user=make_user(), login=" Olga ")
    assert user.login == "olga"

    with pytest.raises(ValidationError):
        add_user(login="OLGA", role=Role.MANAGER)


def test_the_login_of_a_service_is_taken_too() -> None:
    make_integration("roistat")

    with pytest.raises(ValidationError):
        add_user(login="roistat", role=Role.MANAGER)


def test_a_weak_password_is_refused() -> None:
    user = make_user(login="olga.petrova")

    with pytest.raises(ValidationError):
        set_password(user=user, password="olga.petrova")
