"""What holds for the whole installation: the environment's word, else what people chose."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm import installation
from crm.days import day_of
from crm.models import Deal, FirmPhone, Installation, Role, SettingChange, User
from crm.services.accounts import setup_token
from crm.services.installation import change_installation
from crm.templatetags.display import money
from tests.analytics_api.asking import Service
from tests.factories import make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)  # 23:00 in Moscow, 1:00 of the next day in Yekaterinburg


@pytest.fixture
def free(settings: Any) -> Any:
    """An environment that says nothing."""
    settings.FIXED_BY_ENVIRONMENT = frozenset()
    installation.read_anew()
    return settings


@pytest.fixture
def anna() -> User:
    return make_user(login="anna", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Browser, anna: User) -> Browser:
    client.force_login(anna)
    return client


def typed(**overrides: str) -> dict[str, str]:
    return {"language": "ru", "time_zone": "Europe/Moscow", "currency": "RUB"} | overrides


def test_what_was_chosen_holds_at_once(free: Any, anna: User) -> None:
    assert (day_of(EVENING).day, money(5)) == (1, "5\N{NO-BREAK SPACE}₽")

    change_installation(by=anna, time_zone="Asia/Yekaterinburg", currency="KZT")

    assert (day_of(EVENING).day, money(5)) == (2, "5\N{NO-BREAK SPACE}₸")


def test_the_environment_wins(anna: User) -> None:
    Installation.objects.create(pk=1, language="ru", time_zone="Asia/Omsk", currency="KZT")
    installation.read_anew()

    assert (str(installation.zone()), installation.currency()) == ("Europe/Moscow", "RUB")
    with pytest.raises(ValidationError, match="TIME_ZONE"):
        change_installation(by=anna, time_zone="Asia/Yekaterinburg")


def test_it_is_read_once_and_again_after_a_while(free: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(5):
            installation.currency()
            installation.zone()
    assert len(captured) == 1

    Installation.objects.create(pk=1, language="ru", time_zone="Asia/Omsk", currency="KZT")  # by another process
    assert installation.currency() == "RUB"
    installation.KEPT.until = 0.0
    assert installation.currency() == "KZT"


def test_there_is_one_row(free: Any, anna: User) -> None:
    change_installation(by=anna, currency="KZT")
    change_installation(by=anna, language="ru")

    row = Installation.objects.get()
    assert (row.language, row.time_zone, row.currency) == ("ru", "Europe/Moscow", "KZT")
    changes = SettingChange.objects.order_by("pk").values_list("about", "field", "old", "new", "by")
    assert list(changes) == [
        ("firm", "currency", "RUB", "KZT", anna.pk),
        ("firm", "language", "en", "ru", anna.pk),
    ]


def test_an_order_names_the_new_currency_and_a_pull_fetches_it(free: Any, anna: User) -> None:
    make_integration()
    deal = make_deal(cost=Decimal(500), at=EVENING)
    untouched = make_deal(at=EVENING)

    change_installation(by=anna, currency="KZT")

    order = Service().ask("export")["orders"][0]
    assert order["cost"] == {"value": 500.0, "currency": "KZT"}
    assert Deal.objects.get(pk=deal.pk).changed_at > EVENING
    assert Deal.objects.get(pk=untouched.pk).changed_at == EVENING
    assert json.loads(Deal.objects.get(pk=deal.pk).order_json)["cost"]["value"] == 500.0


def test_the_set_up_page_chooses(free: Any, client: Browser) -> None:
    data = {"token": setup_token(), "full_name": "Иванова Марина", "login": "marina", "password": "orbita-orbita"}
    answer = client.post("/setup/", data | typed(time_zone="Asia/Omsk", currency="KZT"))

    row = Installation.objects.get()
    assert (answer.status_code, row.language, row.time_zone, row.currency) == (302, "ru", "Asia/Omsk", "KZT")


def test_the_set_up_page_shows_what_is_fixed(client: Browser) -> None:
    page = client.get("/setup/")

    assert list(page.context["form"].fields)[-2:] == ["language", "with_demo"]
    assert "CURRENCY is RUB: the server's environment says so." in page.content.decode()


def test_another_currency_has_to_be_meant(free: Any, desk: Browser) -> None:
    refused = desk.post(reverse("settings_firm"), typed(currency="KZT"))
    assert (refused.status_code, refused.context["form"]["currency"].value()) == (422, "KZT")
    assert not Installation.objects.exists()

    assert desk.post(reverse("settings_firm"), typed(currency="KZT", is_sure="on")).status_code == 302
    assert Installation.objects.get().currency == "KZT"


def test_the_firms_phones_are_added_and_removed(desk: Browser) -> None:
    for number, status in (("8 495 000-01-01", 302), ("+7 495 000 01 01", 422), ("12", 422)):
        assert desk.post(reverse("settings_firm_phone_add"), {"entered": number}).status_code == status
    phone = FirmPhone.objects.get()
    assert "+7 495 000-01-01" in desk.get(reverse("settings_firm")).content.decode()

    desk.post(reverse("settings_firm_phone_delete", args=[phone.pk]))

    assert not FirmPhone.objects.exists()
    assert list(SettingChange.objects.order_by("pk").values_list("about", "verb", "name")) == [
        ("firm", "added", "8 495 000-01-01"),
        ("firm", "deleted", "8 495 000-01-01"),
    ]
