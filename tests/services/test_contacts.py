"""Phones and e-mails in the one form in which they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from crm.services.contacts import normalise, normalise_email, normalise_phone


@pytest.mark.parametrize(
    "entered",
    [
        "88007000000", "+7 800 700-00-00", "8 (800) 700 00 00", "7 800 7000000", "8007000000", "8-800-700-00-00",
        "тел. 8 800 700 00 00", "88007000000 доб. 12", "８８００７００００００",
    ],
)  # fmt: skip
def test_a_russian_phone_is_one_in_every_notation(entered: str) -> None:
    assert normalise_phone(entered) == "+78007000000"


@pytest.mark.parametrize(
    "entered", ["", "нет", "0", "123", "11111111111", "+7 777 777-77-77", "99999999999999999999", "\0", "+", "8800"]
)
def test_what_is_no_possible_number_is_nobodys(entered: str) -> None:
    assert normalise_phone(entered) == ""


def test_a_number_of_another_country_keeps_its_code() -> None:
    assert normalise_phone("+375 29 123-45-67") == "+375291234567"


def test_the_region_is_the_installations(settings: Settings) -> None:
    settings.PHONE_REGION = "KZ"
    assert normalise_phone("8 701 123 45 67") == "+77011234567"


@pytest.mark.parametrize(
    ("entered", "normalised"),
    [
        ("Anna@Mail.ru", "anna@mail.ru"),
        (" anna@mail.ru ", "anna@mail.ru"),
        ("88000000000", ""),
        ("anna@", ""),
        ("anna@mail", ""),
        ("a" * 250 + "@mail.ru", ""),
        ("", ""),
    ],
)
def test_an_email_is_lower_case_or_nothing(entered: str, normalised: str) -> None:
    assert normalise_email(entered) == normalised


@given(st.text())
def test_any_text_is_normalised_once_for_all(entered: str) -> None:
    for kind in ("phone", "email"):
        once = normalise(kind, entered)
        assert normalise(kind, once) == once
        assert len(once) <= 255
