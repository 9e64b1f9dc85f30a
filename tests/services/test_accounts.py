"""A person's own account, and the very first one."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError

from crm.models import Deal, Role, User
from crm.services import accounts
from crm.services.accounts import (
    AlreadySetUpError,
    change_profile,
    is_setup_token,
    set_up,
    setup_token,
)
from crm.services.people import set_password
from tests.factories import make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db

FIRST = {"login": "Marina", "full_name": "Иванова Марина", "password": "orbita-orbita", "language": "ru"}


def test_a_person_changes_what_is_his_to_choose() -> None:
    user = change_profile(user=make_user(), full_name="Анна", zone="Asia/Omsk", theme="dark", language="en")

    user.refresh_from_db()
    assert (user.full_name, user.zone, user.theme, user.language) == ("Анна", "Asia/Omsk", "dark", "en")


def test_nobody_gives_himself_rights() -> None:
    with pytest.raises(TypeError, match="does not write role"):
        change_profile(user=make_user(), role=Role.ADMINISTRATOR)


def test_a_new_password_replaces_the_old_one() -> None:
    user = set_password(user=make_user(), password="quite another one")

    assert user.check_password("quite another one")
    assert not user.check_password("a password")


def test_a_weak_password_changes_nothing() -> None:
    user = make_user()
    with pytest.raises(ValidationError, match="too short"):
        set_password(user=user, password="short")

    user.refresh_from_db()
    assert user.check_password("a password")


def test_a_link_is_void_once_the_password_changed() -> None:
    user = make_user()
    token = accounts.password_link(user).rstrip("/").rpartition("/")[2]
    assert default_token_generator.check_token(user, token)

    user = set_password(user=user, password="quite another one")

    assert not default_token_generator.check_token(user, token)


def test_the_first_person_administers() -> None:
    make_integration()  # a service is no person
    user = set_up(**FIRST, with_demo=False)

    assert (user.login, user.is_administrator, user.language) == ("marina", True, "ru")
    assert user.check_password("orbita-orbita")


def test_nobody_is_first_twice() -> None:
    set_up(**FIRST, with_demo=False)
    with pytest.raises(AlreadySetUpError):
        set_up(**FIRST | {"login": "olga"}, with_demo=False)

    assert User.objects.people().count() == 1


def test_demo_data_and_the_administrator_come_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def seed(name: str, *, verbosity: int) -> None:
        asked.append((name, verbosity))
        make_deal()

    monkeypatch.setattr(accounts, "call_command", seed)
    with pytest.raises(ValidationError):
        set_up(**FIRST | {"password": "short"}, with_demo=True)

    assert (asked, Deal.objects.count(), User.objects.people().count()) == ([("seed_demo", 0)], 0, 0)


def test_the_token_is_the_same_on_every_node_and_no_other_text_is_it() -> None:
    assert is_setup_token(setup_token())
    assert not is_setup_token("")
    assert not is_setup_token("ключ")
