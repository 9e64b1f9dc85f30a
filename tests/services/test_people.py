"""Who may be switched off, and by which login people sign in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from crm.models import Role, SettingChange, User
from crm.services.people import add_user, change_user, set_password
from tests.factories import make_integration, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("columns", [{"is_active": False}, {"role": Role.MANAGER}])
def test_the_last_active_administrator_stays(columns: dict[str, Any]) -> None:
    boss = make_user(role=Role.ADMINISTRATOR)
    make_user(role=Role.ADMINISTRATOR, is_active=False)

    with pytest.raises(ValidationError):
        change_user(user=boss, **columns)

    boss.refresh_from_db()
    assert boss.is_administrator


def test_who_never_chose_a_password_does_not_count_as_an_administrator() -> None:
    boss = make_user(role=Role.ADMINISTRATOR)
    add_user(login="invited", role=Role.ADMINISTRATOR)

    with pytest.raises(ValidationError):
        change_user(user=boss, is_active=False)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_switch_each_other_off_at_once_do_not_both_go() -> None:
    people = [make_user(role=Role.ADMINISTRATOR) for _ in range(2)]
    barrier = Barrier(2)

    def switch_off(user: User) -> bool:
        try:
            connection.ensure_connection()
            barrier.wait()
            change_user(user=user, is_active=False)
        except ValidationError:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(switch_off, people)) == [False, True]
    assert User.objects.administrators().count() == 1


def test_what_is_changed_about_a_person_is_in_the_log_of_settings() -> None:
    boss, user = make_user(role=Role.ADMINISTRATOR), make_user(full_name="Олег")

    change_user(user=user, by=boss, full_name="Олег", role=Role.OBSERVER)

    change = SettingChange.objects.get()
    assert (change.by, change.row, change.field, change.old, change.new) == (
        boss,
        user.pk,
        "role",
        "manager",
        "observer",
    )


def test_of_a_password_the_log_tells_that_it_changed_and_no_more() -> None:
    set_password(user=make_user(), password="quite another one", by=make_user(role=Role.ADMINISTRATOR))

    assert list(SettingChange.objects.values_list("field", "old", "new")) == [("password", None, None)]


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
