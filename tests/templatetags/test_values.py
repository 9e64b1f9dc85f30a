from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from crm.templatetags.values import shown, web_address, without_scheme


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "Yes"),
        (False, "No"),
        (Decimal("1234.5"), "1,234.50\N{NO-BREAK SPACE}₽"),
        (date(2026, 7, 12), "12 July 2026"),
        (datetime(2026, 7, 12, 7, 35, tzinfo=UTC), "12 July 2026, 10:35"),
        ("Невский", "Невский"),
        (0, "0"),
    ],
)
def test_a_value_is_shown_by_its_type(value: object, text: str) -> None:
    with translation.override("en"):
        assert shown(value) == text


@pytest.mark.parametrize("address", ["https://example.ru/a?b=c", "http://example.ru"])
def test_an_address_of_the_web_may_be_linked_to(address: str) -> None:
    assert web_address(f" {address} ") == address


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//example.ru",
        "example.ru",
        "https://",
        "http://[",
        "",
        5,
    ],
)
def test_nothing_else_becomes_a_link(text: object) -> None:
    assert web_address(text) == ""


@pytest.mark.parametrize(
    ("address", "said"), [("https://www.example.ru/", "example.ru"), ("http://example.ru/a", "example.ru/a")]
)
def test_an_address_is_said_without_its_scheme(address: str, said: str) -> None:
    assert without_scheme(address) == said
