"""Links with which people begin: each works once, for a week."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from crm.models import Role, SettingChange, User
from crm.services.invitations import (
    Invitation,
    InvitationVoidError,
    Void,
    accept_invitation,
    invitation_link,
    invite,
    read_invitation,
    renew_invitation,
)
from crm.services.people import change_user
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GOOD = "quite another one"


@pytest.fixture
def boss() -> User:
    return make_user(role=Role.ADMINISTRATOR)


@pytest.fixture
def olga(boss: User) -> User:
    return invite(login="Olga", role=Role.MANAGER, by=boss, full_name="Ольга")


def token_of(user: User) -> str:
    return invitation_link(user).split("/")[2]


def test_an_invitation_is_in_the_log_of_settings(olga: User, boss: User) -> None:
    change = SettingChange.objects.get()

    assert (change.verb, change.name, change.by, olga.login) == ("invited", "Ольга", boss, "olga")


def test_it_gives_the_first_password_once(olga: User) -> None:
    token = token_of(olga)

    user = accept_invitation(token=token, password=GOOD, language="ru")

    assert (user.check_password(GOOD), user.language) == (True, "ru")
    assert read_invitation(token) == Invitation(void=Void.USED)
    with pytest.raises(InvitationVoidError):
        accept_invitation(token=token, password="yet another one", language="")


def test_a_weak_password_leaves_it_as_it_was(olga: User) -> None:
    token = token_of(olga)

    with pytest.raises(ValidationError):
        accept_invitation(token=token, password="short", language="")

    assert read_invitation(token).user == olga


@pytest.mark.parametrize(
    ("after", "invitation"), [(timedelta(days=6, hours=23), None), (timedelta(days=7, hours=1), Void.EXPIRED)]
)
def test_it_is_void_after_a_week(
    olga: User, after: timedelta, invitation: Void | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, then = token_of(olga), time.time() + after.total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)

    assert read_invitation(token).void == invitation


def test_a_newer_one_makes_it_void(olga: User, boss: User) -> None:
    token = token_of(olga)

    newer = token_of(renew_invitation(user=olga, by=boss))

    assert (read_invitation(token).void, read_invitation(newer).user) == (Void.USED, olga)


def test_it_is_void_when_the_person_is_switched_off(olga: User) -> None:
    token = token_of(olga)
    change_user(user=olga, is_active=False)

    assert read_invitation(token) == Invitation(void=Void.UNKNOWN)


@pytest.mark.parametrize("token", ["none", "a:b:c", "é"])
def test_anything_else_is_none(token: str) -> None:
    assert read_invitation(token) == Invitation(void=Void.UNKNOWN)


def test_a_link_for_another_is_not_made_of_ones_own(olga: User, boss: User) -> None:
    other = invite(login="oleg", role=Role.ADMINISTRATOR, by=boss)
    mine, his = token_of(olga).split(":"), token_of(other).split(":")

    assert read_invitation(":".join([his[0], *mine[1:]])) == Invitation(void=Void.UNKNOWN)
