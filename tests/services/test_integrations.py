"""Accounts of outside systems: who fell silent, and what the log of settings says of them."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.models import Change, Integration, SettingChange
from crm.services.integrations import add_integration, change_integration, end_old_secret, rotate_secret
from tests.factories import make_integration, make_user

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("created", "used", "pulled", "active", "silent"),
    [
        (HOUR, None, None, True, False),  # new, and not set up yet
        (2 * DAY, None, None, True, True),  # nothing ever came
        (9 * DAY, HOUR, None, True, False),  # a telephony, which only writes
        (9 * DAY, HOUR, DAY - HOUR, True, False),
        (9 * DAY, HOUR, DAY + HOUR, True, True),  # leads still come, but nothing is read any more
        (9 * DAY, 2 * DAY, 2 * DAY, False, False),  # switched off on purpose
    ],
)
def test_an_account_is_silent_when_what_should_come_does_not(
    created: timedelta, used: timedelta | None, pulled: timedelta | None, active: bool, silent: bool
) -> None:
    account = make_integration(
        created_at=NOW - created,
        last_used_at=NOW - used if used else None,
        last_pull_at=NOW - pulled if pulled else None,
        is_active=active,
    )

    assert list(Integration.objects.silent(NOW)) == [account] * silent
    assert [row.silent for row in Integration.objects.with_silence(NOW)] == [silent]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_what_is_done_to_an_account_is_in_the_log_of_settings_without_a_secret() -> None:
    anna = make_user()
    account, first = add_integration(login="roistat", by=anna, via=Change.Via.WEB)
    change_integration(integration=account, by=anna, rights="read", allowed_addresses=["192.0.2.7/32"])
    second = rotate_secret(integration=account, by=anna, overlap=HOUR, at=NOW)
    end_old_secret(integration=account, by=anna)

    rows = SettingChange.objects.order_by("pk")
    until = (NOW + HOUR).isoformat()
    assert [(row.verb, row.field, row.old, row.new) for row in rows] == [
        ("added", "", None, None),
        ("changed", "allowed_addresses", [], ["192.0.2.7/32"]),
        ("changed", "rights", "read_write", "read"),
        ("renewed", "secret", None, None),
        ("changed", "old_secret_until", None, until),
        ("changed", "old_secret_until", until, None),
    ]
    assert {(row.by, row.via, row.about, row.name) for row in rows} == {(anna, "web", "integration", "roistat")}
    told = str(list(rows.values()))
    account.refresh_from_db()
    hidden = (first, second, account.secret_hash, account.token_hash)
    assert [secret for secret in hidden if secret is None or secret in told] == []
