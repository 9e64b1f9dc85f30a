"""Settings → Integrations."""

import logging
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as HttpClient
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics_api.models import CallLog, Pull
from crm.models import Integration, SettingChange
from crm.services.integrations import account_by_secret
from tests.factories import make_integration

pytestmark = pytest.mark.django_db
LIST = "/settings/integrations/"
FORM = {
    "login": "roistat-cloud",
    "dialect": "roistat",
    "rights": "read",
    "allowed_addresses": "192.0.2.7\n2001:db8::/32",
}
DAY = timedelta(days=1)


def secret_of(page: Any) -> str:
    secret: str = page.context["secret"]
    return secret


def renew(office: HttpClient, account: Integration, **form: str) -> Any:
    address = f"{LIST}{account.pk}/secret/"
    seen = office.get(address).context["form"].initial["seen"]
    return office.post(address, {"overlap": "3600", "seen": seen} | form)


def pull(account: Integration, **columns: Any) -> CallLog:
    values = {"action": "export", "outcome": "ok", "rows": 100, "duration_ms": 41.7} | columns
    return CallLog.objects.create(integration=account, **values)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_shows_the_last_pull_of_each(
    office: HttpClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    accounts = [make_integration(f"shop-{number:02}") for number in range(count)]
    now = timezone.now()
    for account in accounts:
        pull(account, at=now - DAY, rows=7)
        pull(account, at=now - timedelta(minutes=3), parameters={"offset": "0"}, rows=1000, duration_ms=300)
        for number in (1, 2):
            pull(account, at=now - timedelta(minutes=3 - number), parameters={"offset": f"{number}000"}, rows=1000)
    pull(accounts[0], action="lead")
    pull(accounts[0], outcome="error")

    with django_assert_num_queries(5):
        page = office.get(LIST)

    expected = Pull(now - timedelta(minutes=1), pages=3, deals=3000, seconds=0.38)
    assert [replace(one["pull"], seconds=round(one["pull"].seconds, 2)) for one in page.context["used"]] == [
        expected
    ] * count
    text = " ".join(page.content.decode().split())
    assert ("3,000 deals in 0.38 s" in text, "3 requests" in text) == (True, True)


def test_a_silent_account_is_warned_of_in_the_list_and_on_the_first_page(office: HttpClient) -> None:
    warning, first = "No deals were read for a day.", "An integration has gone silent"
    account = make_integration(last_used_at=timezone.now(), last_pull_at=timezone.now())
    make_integration("telephony", last_used_at=timezone.now() - 2 * DAY)
    assert warning not in office.get(LIST).content.decode()
    assert first not in office.get("/settings/").content.decode()

    Integration.objects.filter(pk=account.pk).update(last_pull_at=timezone.now() - 2 * DAY)

    assert office.get(LIST).content.decode().count(warning) == 1
    assert first in office.get("/settings/").content.decode()


def test_an_account_is_made_with_all_that_was_chosen(office: HttpClient) -> None:
    page = office.post(f"{LIST}new/", FORM)

    account = account_by_secret("roistat-cloud", secret_of(page))
    assert account is not None
    assert (account.dialect, account.rights) == ("roistat", "read")
    assert account.allowed_addresses == ["192.0.2.7/32", "2001:db8::/32"]
    assert "no-store" in page.headers["Cache-Control"]
    assert SettingChange.objects.get(about="integration").verb == "added"


def test_what_is_wrong_is_said(office: HttpClient) -> None:
    make_integration("shop")

    for login, said in (("shop", "The login “shop” is taken."), ("a:b", "A login has no colon in it.")):
        page = office.post(f"{LIST}new/", FORM | {"login": login})
        assert (page.status_code, page.context["form"].errors) == (422, {"login": [said]})
    page = office.post(f"{LIST}new/", FORM | {"allowed_addresses": "192.0.2.7 нет"})
    assert "“нет” is no address" in page.context["form"].errors["allowed_addresses"][0]
    assert Integration.objects.count() == 1


def test_rights_dialect_and_addresses_are_changed(office: HttpClient) -> None:
    account = make_integration("shop", allowed_addresses=["192.0.2.7/32"])
    page = office.get(f"{LIST}{account.pk}/")
    assert page.context["form"].initial["allowed_addresses"] == "192.0.2.7"

    office.post(f"{LIST}{account.pk}/", {"dialect": "roistat", "rights": "read", "allowed_addresses": ""})

    account.refresh_from_db()
    assert (account.dialect, account.rights, account.allowed_addresses) == ("roistat", "read", [])
    changed = SettingChange.objects.filter(about="integration", verb="changed").values_list("field", flat=True)
    assert sorted(changed) == ["allowed_addresses", "dialect", "rights"]


def test_a_new_secret_lets_the_old_one_work_as_long_as_chosen(office: HttpClient) -> None:
    account = make_integration("shop", secret="the-first-secret-of-the-shop")

    new = secret_of(renew(office, account))

    later = timezone.now() + timedelta(hours=2)
    assert account_by_secret("shop", "the-first-secret-of-the-shop")
    assert account_by_secret("shop", "the-first-secret-of-the-shop", at=later) is None
    assert account_by_secret("shop", new, at=later)


def test_the_old_secret_is_ended_early_or_at_once(office: HttpClient) -> None:
    account = make_integration("shop", secret="the-first-secret-of-the-shop")
    second = secret_of(renew(office, account))
    assert "The old secret works until" in office.get(f"{LIST}{account.pk}/").content.decode()

    office.post(f"{LIST}{account.pk}/old-secret/end/")

    assert account_by_secret("shop", "the-first-secret-of-the-shop") is None
    assert account_by_secret("shop", second)
    third = secret_of(renew(office, account, overlap="0"))
    assert (account_by_secret("shop", second), account_by_secret("shop", third)) == (None, account)


def test_reloading_the_page_with_a_secret_makes_no_other(office: HttpClient) -> None:
    account = make_integration("shop")
    address = f"{LIST}{account.pk}/secret/"
    sent = {"overlap": "0", "seen": office.get(address).context["form"].initial["seen"]}
    secret = secret_of(office.post(address, sent))

    again = office.post(address, sent)

    assert (again.status_code, "secret" in again.context) == (422, False)
    assert "The secret was replaced meanwhile" in again.content.decode()
    assert account_by_secret("shop", secret)


def test_an_account_is_switched_off_and_on(office: HttpClient) -> None:
    account = make_integration("shop", secret="the-first-secret-of-the-shop")

    office.post(f"{LIST}{account.pk}/off/")
    assert account_by_secret("shop", "the-first-secret-of-the-shop") is None
    assert [one["row"] for one in office.get(LIST).context["off"]] == [account]

    office.post(f"{LIST}{account.pk}/on/")
    assert account_by_secret("shop", "the-first-secret-of-the-shop")


@pytest.mark.parametrize(
    ("host", "is_secure", "url", "warned"),
    [
        ("crm.example.ru", True, "https://crm.example.ru/analytics", ""),
        ("crm.example.ru", False, "http://crm.example.ru/analytics", "This address is not protected"),
        ("localhost:8000", False, "http://localhost:8000/analytics", "This address is known only"),
        ("192.168.1.4", True, "https://192.168.1.4/analytics", "This address is known only"),
        ("[::1]:8000", False, "http://[::1]:8000/analytics", "This address is known only"),
    ],
)
def test_the_address_to_enter_is_that_of_the_page(
    office: HttpClient, settings: Any, host: str, is_secure: bool, url: str, warned: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    page = office.get(f"{LIST}{make_integration().pk}/", headers={"host": host}, secure=is_secure).content.decode()

    assert f'value="{url}"' in page
    warnings = ["This address is not protected", "This address is known only"]
    assert [text for text in warnings if text in page] == ([warned] if warned else [])


def test_a_secret_is_nowhere_once_it_was_shown(
    office: HttpClient, client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first = secret_of(office.post(f"{LIST}new/", FORM | {"allowed_addresses": "", "rights": "read_write"}))
    account = Integration.objects.get()
    second = secret_of(renew(office, account))
    office.post(f"{LIST}{account.pk}/", {"dialect": "wrong"})
    for secret in (first, second, f"{second}x"):
        basic = {"action": "lead", "title": "Укладка", "user": "roistat-cloud", "token": secret}
        client.get("/analytics", basic)
        client.get("/analytics", basic, headers={"authorization": _basic("roistat-cloud", secret)})
        client.get("/analytics", {"action": "none"}, headers={"authorization": _basic("roistat-cloud", secret)})
    assert CallLog.objects.count() == 4

    kept = [repr(list(model._default_manager.values())) for model in apps.get_models()]
    pages = [office.get(f"{LIST}{end}").content.decode() for end in ("", f"{account.pk}/", f"{account.pk}/secret/")]
    pages += [office.get(address).content.decode() for address in ("/settings/log/", "/admin/analytics_api/calllog/")]
    rows = [f"/admin/analytics_api/calllog/{row.pk}/change/" for row in CallLog.objects.all()]
    pages += [office.get(address).content.decode() for address in rows]

    for secret in (first, second):
        assert [text for text in [*kept, *pages, caplog.text] if secret in text] == []


def _basic(login: str, secret: str) -> str:
    return "Basic " + b64encode(f"{login}:{secret}".encode()).decode()
