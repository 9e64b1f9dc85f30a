"""The second step of logging in: codes of an app, and recovery codes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from crm.models import Authenticator, SettingChange, User
from crm.services.two_factor import (
    Checked,
    check_second_step,
    codes_left,
    confirm_authenticator,
    has_two_factor,
    offer_authenticator,
    remove_two_factor,
    renew_recovery_codes,
)
from tests.factories import make_user
from tests.second_step import code_of, switched_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    return make_user()


def wait(model: Any, seconds: int) -> None:
    """As if the last wrong code were so many seconds longer ago."""
    device = model.objects.get()
    moment = device.throttling_failure_timestamp - timedelta(seconds=seconds)
    model.objects.filter(pk=device.pk).update(throttling_failure_timestamp=moment)


def test_it_is_on_once_the_app_is_confirmed(olga: User) -> None:
    app = offer_authenticator(user=olga)
    assert (offer_authenticator(user=olga), has_two_factor(olga)) == (app, False)
    assert confirm_authenticator(user=olga, code="abc") == (Checked(), [])
    wait(Authenticator, 1)

    checked, codes = confirm_authenticator(user=olga, code=code_of(app))

    assert (checked.right, has_two_factor(olga), len(set(codes)), codes_left(olga)) == (True, True, 10, 10)


def test_a_code_lets_in_once(olga: User) -> None:
    app, _ = switched_on(olga)
    code = code_of(app)

    assert check_second_step(user=olga, code=f" {code[:3]} {code[3:]} ").right
    assert not check_second_step(user=olga, code=code).right


def test_a_recovery_code_lets_in_once_however_it_is_typed(olga: User) -> None:
    _, codes = switched_on(olga)

    assert check_second_step(user=olga, code=codes[0].upper()) == Checked(right=True, by_recovery=True)
    assert (check_second_step(user=olga, code=codes[0]).right, codes_left(olga)) == (False, 9)


def test_anothers_codes_let_nobody_in(olga: User) -> None:
    app, codes = switched_on(make_user())
    switched_on(olga)

    assert not check_second_step(user=olga, code=codes[0]).right
    assert not check_second_step(user=olga, code=code_of(app)).right


@pytest.mark.parametrize(("wrong", "model"), [("000000", TOTPDevice), ("aaaaa-aaaaa", StaticDevice)])
def test_after_wrong_codes_even_a_right_one_has_to_wait(olga: User, wrong: str, model: Any) -> None:
    app, codes = switched_on(olga)
    right = code_of(app) if model is TOTPDevice else codes[0]
    assert check_second_step(user=olga, code=wrong).wait == 0

    assert check_second_step(user=olga, code=right).wait == 1
    wait(model, 1)
    check_second_step(user=olga, code=wrong)
    assert check_second_step(user=olga, code=right).wait == 2
    wait(model, 2)

    assert check_second_step(user=olga, code=right).right


def test_new_recovery_codes_make_those_of_before_void(olga: User) -> None:
    assert renew_recovery_codes(user=olga) == []
    _, before = switched_on(olga)

    after = renew_recovery_codes(user=olga)

    assert (set(before) & set(after), codes_left(olga)) == (set(), 10)
    assert check_second_step(user=olga, code=after[0]).right


def test_what_lies_in_the_database_makes_no_codes(olga: User) -> None:
    app, codes = switched_on(olga)

    dump = serializers.serialize("json", [*TOTPDevice.objects.all(), *StaticToken.objects.all()])

    assert app.bin_key.hex() not in dump
    assert [code for code in codes if code in dump or code.replace("-", "") in dump] == []
    assert TOTPDevice.objects.get().bin_key != app.bin_key


def test_another_secret_key_lets_the_apps_of_before_go_on_as_long_as_the_former_is_named(
    olga: User, settings: Settings
) -> None:
    app, codes = switched_on(olga)
    code, settings.SECRET_KEY_FALLBACKS = code_of(app), [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert check_second_step(user=olga, code=code).right
    assert check_second_step(user=olga, code=codes[0]).right


def test_it_is_removed_with_all_its_codes_and_told_in_the_log_of_settings(olga: User) -> None:
    boss, (_, codes) = make_user(), switched_on(olga)

    assert remove_two_factor(user=olga, by=boss)
    assert not remove_two_factor(user=olga, by=boss)

    assert (has_two_factor(olga), check_second_step(user=olga, code=codes[0]).right) == (False, False)
    rows = SettingChange.objects.order_by("pk").values_list("verb", "field", "old", "new", "by")
    assert list(rows) == [
        ("added", "two_factor", None, None, olga.pk),
        ("deleted", "two_factor", None, None, boss.pk),
    ]
