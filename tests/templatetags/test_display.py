"""How values look to people, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from pytest_django import Settings

from crm.templatetags import display

# A Sunday, 16:00 in Moscow.
NOW = datetime(2026, 7, 12, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("amount", "english", "russian"),
    [
        (Decimal("12400.000"), "12,400\xa0₽", "12\xa0400\xa0₽"),
        (Decimal("12400.500"), "12,400.50\xa0₽", "12\xa0400,50\xa0₽"),
        (Decimal("0.125"), "0.125\xa0₽", "0,125\xa0₽"),
        (Decimal("-3900"), "-3,900\xa0₽", "-3\xa0900\xa0₽"),
        (0, "0\xa0₽", "0\xa0₽"),
        (None, "", ""),
    ],
)
def test_money(amount: Decimal | None, english: str, russian: str) -> None:
    assert display.money(amount) == english
    with translation.override("ru"):
        assert display.money(amount) == russian


def test_a_currency_without_a_sign_is_named(settings: Settings) -> None:
    settings.CURRENCY = "CHF"

    assert display.money(5) == "5\xa0CHF"


@pytest.mark.parametrize(
    ("entered", "shown"),
    [
        ("89234102994", "+7 923 410-29-94"),
        ("+1 650-253-0000", "+1 650-253-0000"),
        ("ask Anna", "ask Anna"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_phone(entered: str, shown: str) -> None:
    assert display.phone(entered) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Иванова Марина Михайловна", "ИМ"), ("«Прибой», салон", "ПС"), ("admin", "AD"), ("", ""), (None, "")],
)
def test_initials(name: str | None, letters: str) -> None:
    assert display.initials(name) == letters


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 7, 12, 13, 30, tzinfo=UTC), "today 16:30"),
        (datetime(2026, 7, 11, 6, 5, tzinfo=UTC), "yesterday 9:05"),
        (datetime(2026, 7, 13, 6, 0, tzinfo=UTC), "tomorrow 9:00"),
        (datetime(2026, 7, 17, 9, 0, tzinfo=UTC), "Fri 12:00"),
        (datetime(2026, 7, 10, 9, 0, tzinfo=UTC), "10 Jul"),
        (datetime(2025, 8, 12, 9, 0, tzinfo=UTC), "12 Aug 2025"),
        (None, ""),
    ],
)
def test_when(moment: datetime | None, shown: str) -> None:
    assert display.when(moment) == shown


def test_russian_writes_days_and_months_in_small_letters() -> None:
    with translation.override("ru"):
        assert display.when(datetime(2026, 7, 17, 9, 0, tzinfo=UTC)) == "пт 12:00"
        assert display.when(datetime(2025, 8, 12, 9, 0, tzinfo=UTC)) == "12 авг 2025"
        assert display.exactly(NOW) == "12 июля 2026, 16:00"


def test_a_moment_on_another_day_by_the_persons_clock_is_dated() -> None:
    with timezone.override(ZoneInfo("Asia/Vladivostok")):
        assert display.when(datetime(2026, 7, 12, 10, 0, tzinfo=UTC)) == "today 20:00"
        assert display.when(datetime(2026, 7, 12, 16, 0, tzinfo=UTC)) == "13 Jul 2:00"


def test_a_day_is_the_installations_whatever_the_persons_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Vladivostok")):
        assert display.day(datetime(2026, 7, 12, 20, 59, tzinfo=UTC)) == "today"
    assert [display.day(date(2026, 7, number)) for number in (11, 12, 13, 18, 19)] == [
        "yesterday",
        "today",
        "tomorrow",
        "Sat",
        "19 Jul",
    ]


def test_counts_and_lengths() -> None:
    assert [display.days(count) for count in (1, 19, None)] == ["1 day", "19 days", ""]
    assert [display.short_days(count) for count in (19, None)] == ["19\xa0d", ""]
    assert [display.duration(seconds) for seconds in (0, 252, 3750, None)] == ["0:00", "4:12", "1:02:30", ""]


def test_an_icon_is_silent_unless_it_is_named() -> None:
    silent = '<svg class="icon" aria-hidden="true"><use href="/static/icons/icons.svg#phone"></use></svg>'
    named = '<svg class="icon" role="img" aria-label="Call"><use href="/static/icons/icons.svg#phone"></use></svg>'

    assert display.icon("phone") == silent
    assert display.icon("phone", label="Call") == named
