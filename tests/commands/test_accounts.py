"""`add_user` and `add_integration`, as they are typed."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from crm.models import Integration, User
from crm.services.integrations import account_by_secret

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_add_user_makes_a_person_who_can_sign_in() -> None:
    run(
        "add_user", "Ivanova", "--role", "manager", "--name", "Иванова Марина Михайловна", "--password", "тайное слово"
    )
    user = User.objects.get()
    assert (user.login, user.role, user.full_name, user.kind) == (
        "ivanova", "manager", "Иванова Марина Михайловна", "person"
    )  # fmt: skip
    request = RequestFactory().post("/login/")
    assert authenticate(request, username="Ivanova", password="тайное слово") == user


def test_add_user_without_a_password_makes_nobody_who_can_sign_in() -> None:
    run("add_user", "ivanova", "--role", "observer")
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["IVANOVA", "--role", "manager"], "The login “ivanova” is taken."),
        (["petrov", "--role", "manager", "--password", "short"], "too short"),
        (["petrov", "--role", "boss"], "invalid choice: 'boss'"),
        (["petrov"], "--role"),
    ],
)
def test_add_user_says_what_is_wrong(words: list[str], message: str) -> None:
    run("add_user", "ivanova", "--role", "manager")
    with pytest.raises(CommandError, match=message):
        run("add_user", *words)
    assert User.objects.count() == 1


def test_add_integration_prints_a_secret_that_opens_the_account() -> None:
    printed = run("add_integration", "roistat")
    login, secret = (line.partition(": ")[2] for line in printed.splitlines())
    assert login == "roistat (universe, read_write)"
    assert account_by_secret("roistat", secret) == Integration.objects.get()


def test_add_integration_takes_what_it_is_given() -> None:
    printed = run(
        "add_integration", "cloud", "--secret", "0123456789-0123456789", "--dialect", "roistat", "--read-only"
    )
    assert printed.splitlines() == ["login: cloud (roistat, read)", "secret: 0123456789-0123456789"]
    assert account_by_secret("cloud", "0123456789-0123456789") is not None


def test_add_integration_changes_an_account_and_keeps_what_it_is_not_given() -> None:
    run("add_integration", "cloud", "--secret", "0123456789-0123456789", "--dialect", "roistat", "--read-only")
    assert run("add_integration", "cloud").splitlines() == ["login: cloud (roistat, read)", "secret: unchanged"]
    assert account_by_secret("cloud", "0123456789-0123456789") is not None
    run("add_integration", "cloud", "--secret", "another-secret-of-20+")
    assert account_by_secret("cloud", "0123456789-0123456789") is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["roi:stat"], "colon"),
        (["cloud", "--secret", "short"], "20 characters"),
        (["cloud", "--dialect", "x"], "invalid"),
    ],
)
def test_add_integration_says_what_is_wrong(words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("add_integration", *words)
    assert Integration.objects.count() == 0
