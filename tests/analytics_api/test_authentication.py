"""PROTOCOL.md, section 1, access: Basic authentication, the secret's keeping, and the guard against guessing."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from analytics_api.authentication import FAILURES_A_WINDOW, network_of
from analytics_api.models import FailedAccess
from crm.models import Deal, Integration
from crm.services.integrations import account_by_secret, add_integration, end_old_secret, keyed_hash, rotate_secret
from tests.analytics_api.asking import Service
from tests.factories import SECRET, make_integration, make_user


def basic(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return "Basic " + base64.b64encode(raw).decode()


def test_right_credentials_are_let_in(service: Service) -> None:
    assert service.get("action=import_scheme").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer " + SECRET,
        basic("roistat"),
        basic("roistat:"),
        basic(f"roistat:{SECRET}x"),
        basic(f"nobody:{SECRET}"),
        basic(f"ROISTAT:{SECRET}"),
        basic(f"roi\0stat:{SECRET}"),
        basic("roistat:пароль"),
        basic("роистат:пароль".encode("cp1251")),
    ],
)
def test_other_credentials_get_401_with_a_challenge(service: Service, header: str) -> None:
    response = service.get("action=import_scheme", HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Basic realm="analytics", charset="UTF-8"'
    assert json.loads(response.content) == {"status": "error", "message": "Unknown login or wrong password."}


def test_no_credentials_get_401_and_count_as_no_guess(service: Service) -> None:
    assert service.client.get("/analytics?action=import_scheme").status_code == 401
    assert FailedAccess.objects.count() == 0


def test_a_login_and_a_secret_may_be_cyrillic_and_hold_colons(db: None) -> None:
    make_integration("аналитика", secret="пароль:из двадцати знаков")
    service = Service("аналитика", "пароль:из двадцати знаков")
    assert service.get("action=import_scheme").status_code == 200


def test_a_switched_off_account_is_not_let_in(service: Service, integration: Integration) -> None:
    Integration.objects.update(is_active=False)
    assert service.get("action=import_scheme").status_code == 401


def test_a_session_of_the_browser_never_opens_the_endpoint(service: Service) -> None:
    service.client.force_login(make_user(role="administrator"))
    assert service.client.get("/analytics?action=import_scheme").status_code == 401


def test_an_account_that_may_only_read_writes_nothing(service: Service) -> None:
    Integration.objects.update(rights=Integration.Rights.READ)
    assert service.ask("export")["orders"] == []
    assert service.refusal("lead", title="x") == "This account may only read."
    assert service.ask("export")["orders"] == []


def test_a_secret_is_random_and_kept_only_as_a_keyed_hash(db: None) -> None:
    integration, secret = add_integration(login="roistat")
    assert secret is not None
    assert len(secret) == 32  # 24 random bytes: 192 bits
    integration.refresh_from_db()
    assert integration.secret_hash == keyed_hash(secret)
    assert secret not in (integration.secret_hash, integration.token_hash)
    assert integration.secret_hash != hashlib.sha256(secret.encode()).hexdigest()


def test_changing_an_account_without_a_secret_keeps_its_own(service: Service) -> None:
    _integration, secret = add_integration(login="roistat", dialect="roistat")
    assert secret is None
    assert service.get("action=import_scheme").status_code == 200


def test_a_new_secret_ends_the_old_one(service: Service, integration: Integration) -> None:
    secret = rotate_secret(integration=integration, by=None)
    assert service.get("action=import_scheme").status_code == 401
    service.secret = secret
    assert service.get("action=import_scheme").status_code == 200


def test_the_old_secret_works_for_the_time_that_was_chosen_and_the_new_one_at_once(
    service: Service, integration: Integration
) -> None:
    made = timezone.now()
    new = Service(secret=rotate_secret(integration=integration, by=None, overlap=timedelta(hours=1), at=made))
    statuses = {}
    for minutes in (0, 59, 61):
        with patch("django.utils.timezone.now", return_value=made + timedelta(minutes=minutes)):
            statuses[minutes] = [asker.get("action=import_scheme").status_code for asker in (service, new)]
    assert statuses == {0: [200, 200], 59: [200, 200], 61: [401, 200]}


def test_the_old_token_of_the_roistat_dialect_works_as_long_as_the_old_secret(db: None) -> None:
    account = make_integration("cloud", dialect="roistat")
    token = hashlib.md5(f"cloud{SECRET}".encode(), usedforsecurity=False).hexdigest()
    ask = f"action=import_scheme&user=cloud&token={token}"
    rotate_secret(integration=account, by=None, overlap=timedelta(hours=1))
    assert Service().get(ask, HTTP_AUTHORIZATION="").status_code == 200
    end_old_secret(integration=account, by=None)
    assert Service().get(ask, HTTP_AUTHORIZATION="").status_code == 401


def test_an_old_secret_is_ended_early_and_by_the_next_rotation(service: Service, integration: Integration) -> None:
    rotate_secret(integration=integration, by=None, overlap=timedelta(days=7))
    rotate_secret(integration=integration, by=None, overlap=timedelta(days=7))
    assert service.get("action=import_scheme").status_code == 401


def test_it_is_noted_that_the_service_still_comes_by_the_old_secret(
    service: Service, integration: Integration
) -> None:
    new = Service(secret=rotate_secret(integration=integration, by=None, overlap=timedelta(hours=1)))
    new.ask("import_scheme")
    integration.refresh_from_db()
    assert integration.old_secret_used_at is None
    service.ask("import_scheme")
    integration.refresh_from_db()
    assert integration.old_secret_used_at is not None


def test_an_old_secret_of_a_former_key_is_known_and_hashed_anew(
    service: Service, integration: Integration, settings: Settings
) -> None:
    rotate_secret(integration=integration, by=None, overlap=timedelta(hours=1))
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert service.get("action=import_scheme").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert service.get("action=import_scheme").status_code == 200


def test_letting_in_by_either_secret_costs_one_query(service: Service, integration: Integration) -> None:
    rotate_secret(integration=integration, by=None, overlap=timedelta(hours=1))
    Integration.objects.update(allowed_addresses=["127.0.0.0/8", "2001:db8::/32"])
    with CaptureQueriesContext(connection) as captured:
        account = account_by_secret("roistat", SECRET)
    assert (account, len(captured)) == (integration, 1)


@pytest.mark.parametrize(
    ("allowed", "address", "status"),
    [
        ([], "203.0.113.9", 200),
        (["192.0.2.7/32"], "192.0.2.7", 200),
        (["192.0.2.7/32"], "192.0.2.8", 403),
        (["192.0.2.0/24", "2001:db8::/32"], "192.0.2.8", 200),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8:1::5", 200),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db9::1", 403),
        (["192.0.2.0/24"], "::ffff:192.0.2.8", 200),
        (["192.0.2.0/24"], "", 403),
    ],
)
def test_an_account_is_let_in_from_its_allowed_addresses_alone(
    service: Service, allowed: list[str], address: str, status: int
) -> None:
    Integration.objects.update(allowed_addresses=allowed)
    assert service.get("action=import_scheme", REMOTE_ADDR=address).status_code == status


def test_a_refused_address_is_named_in_json_and_counts_as_no_guess(service: Service) -> None:
    Integration.objects.update(allowed_addresses=["192.0.2.0/24"])
    response = service.get("action=lead&title=x")
    assert json.loads(response.content) == {
        "status": "error",
        "message": "This account is not allowed from the address 127.0.0.1.",
    }
    assert (response.status_code, FailedAccess.objects.count(), Deal.objects.count()) == (403, 0, 0)


def test_behind_a_trusted_proxy_the_clients_own_address_counts(integration: Integration, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    Integration.objects.update(allowed_addresses=["192.0.2.7/32"])
    service = Service(client=Client())  # middleware reads the setting when it is made
    statuses = [
        service.get("action=import_scheme", HTTP_X_FORWARDED_FOR=forwarded).status_code
        for forwarded in ("192.0.2.7", "192.0.2.7, 198.51.100.1", "")
    ]
    assert statuses == [200, 403, 403]


def test_wrong_credentials_are_no_better_from_an_allowed_address(service: Service) -> None:
    Integration.objects.update(allowed_addresses=["127.0.0.1/32"])
    assert service.get("", HTTP_AUTHORIZATION=basic("roistat:wrong")).status_code == 401


def test_a_short_secret_is_refused(db: None) -> None:
    with pytest.raises(ValidationError, match="20 characters"):
        add_integration(login="roistat", secret="nineteen characters")
    assert Integration.objects.count() == 0


def test_a_login_with_a_colon_or_of_a_person_is_refused(db: None) -> None:
    make_user(login="ivanova")
    for login in ("roi:stat", "ivanova"):
        with pytest.raises(ValidationError):
            add_integration(login=login)
    assert Integration.objects.count() == 0


def test_a_secret_of_a_former_key_is_known_and_hashed_anew(
    service: Service, integration: Integration, settings: Settings
) -> None:
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    assert service.get("action=import_scheme").status_code == 401
    settings.SECRET_KEY_FALLBACKS = [former]
    assert service.get("action=import_scheme").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert service.get("action=import_scheme").status_code == 200


def test_last_use_is_written_at_most_once_a_minute(service: Service, integration: Integration) -> None:
    start = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    seen = []
    for seconds in (0, 59, 61):
        with patch("django.utils.timezone.now", return_value=start + timedelta(seconds=seconds)):
            service.ask("import_scheme")
        integration.refresh_from_db()
        seen.append(integration.last_used_at)
    assert seen == [start, start, start + timedelta(seconds=61)]


def test_too_many_failures_from_one_address_get_429_but_right_credentials_are_let_in(service: Service) -> None:
    wrong = basic("roistat:wrong")
    statuses = [service.get("", HTTP_AUTHORIZATION=wrong).status_code for _ in range(FAILURES_A_WINDOW + 1)]
    assert statuses == [401] * FAILURES_A_WINDOW + [429]
    response = service.get("", HTTP_AUTHORIZATION=wrong)
    assert 1 <= int(response["Retry-After"]) <= 600
    assert json.loads(response.content) == {
        "status": "error",
        "message": "Too many wrong passwords from this address.",
    }
    assert service.get("action=import_scheme").status_code == 200
    assert service.get("", HTTP_AUTHORIZATION=wrong, REMOTE_ADDR="192.0.2.7").status_code == 401


def test_failures_are_counted_and_a_guesser_past_the_limit_costs_no_write(service: Service) -> None:
    wrong = basic("roistat:wrong")
    for _ in range(FAILURES_A_WINDOW + 5):
        service.get("", HTTP_AUTHORIZATION=wrong)
    assert [(row.address, row.count) for row in FailedAccess.objects.all()] == [("127.0.0.1", FAILURES_A_WINDOW)]
    with CaptureQueriesContext(connection) as captured:
        service.get("", HTTP_AUTHORIZATION=wrong)
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", "SELECT"]


@pytest.mark.parametrize(
    ("address", "counted_by"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix", "unix"),
    ],
)
def test_an_address_of_ipv6_is_counted_by_its_network(address: str, counted_by: str) -> None:
    assert network_of(address) == counted_by
