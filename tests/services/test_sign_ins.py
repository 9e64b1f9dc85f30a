"""The log of log-ins: what is kept of them, and how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import SignIn
from crm.services import sign_ins
from crm.services.sign_ins import record_sign_in, trim_sign_ins
from tests.factories import make_integration, make_user

pytestmark = pytest.mark.django_db


def noted(login: str) -> SignIn:
    return record_sign_in(login=login, outcome=SignIn.Outcome.FAILURE, kind=SignIn.Kind.PASSWORD, agent="x" * 999)


def test_a_login_that_somebody_has_is_kept_whole() -> None:
    anna = make_user(login="anna")

    row = noted(" Anna ")

    assert (row.person, row.name, len(row.agent)) == (anna, "anna", 300)


@pytest.mark.parametrize("login", ["my-secret-password", "roistat", "я" * 999])
def test_of_any_other_only_the_beginning_is_kept(login: str) -> None:
    make_integration("roistat")

    assert (noted(login).person, noted(login).name) == (None, f"{login[:3]}…")


def test_what_is_old_goes() -> None:
    old, young = noted("old"), noted("young")
    SignIn.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=181))

    trim_sign_ins()

    assert list(SignIn.objects.all()) == [young]


def test_of_a_flood_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "ROWS", 2)
    rows = [noted(str(number)) for number in range(4)]

    trim_sign_ins()

    assert list(SignIn.objects.all()) == [rows[3], rows[2]]
