"""The log of calls: what it keeps, what it hides, and that it cannot grow without bound."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from analytics_api.call_log import trim
from analytics_api.models import CallLog
from crm.models import Deal, Integration
from tests.analytics_api.asking import Service
from tests.factories import make_deal, make_integration

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_a_read_leaves_a_row(service: Service, integration: Integration) -> None:
    make_deal()
    service.get("action=export&limit=5", REMOTE_ADDR="192.0.2.7")
    row = CallLog.objects.get()
    assert (row.integration, row.action, row.outcome, row.message) == (integration, "export", "ok", "")
    assert (row.parameters, row.rows, row.number) == ({"action": "export", "limit": "5"}, 1, None)
    assert row.address == "192.0.2.7"
    assert 0 < row.duration_ms < 10_000


def test_a_write_leaves_the_number_of_what_it_made(service: Service) -> None:
    number = service.ask("lead", title="x")["order_id"]
    assert str(CallLog.objects.get().number) == number


def test_an_error_leaves_its_message_and_all_that_came(service: Service) -> None:
    text = "я" * 5000
    message = service.refusal("message", leadId="5", message=text)
    row = CallLog.objects.get()
    assert (row.outcome, row.message) == ("error", message)
    assert row.parameters == {"action": "message", "leadId": "5", "message": text}


def test_of_a_call_that_went_well_long_values_are_kept_by_their_beginning(service: Service) -> None:
    service.ask("lead", title="x", text="я" * 5000)
    assert CallLog.objects.get().parameters["text"] == "я" * 500 + "…"


def test_a_fault_leaves_a_row_although_the_write_was_undone(service: Service) -> None:
    with patch("crm.services.leads.write_message", side_effect=RuntimeError):
        response = service.get("action=lead&title=x&text=y")
    assert response.status_code == 500
    row = CallLog.objects.get()
    assert (row.outcome, row.parameters) == ("fault", {"action": "lead", "title": "x", "text": "y"})
    assert Deal.objects.count() == 0


def test_a_log_that_cannot_be_written_fails_no_call(service: Service) -> None:
    with patch.object(CallLog, "save", side_effect=OperationalError("disk full")):
        assert service.ask("lead", title="x")["status"] == "ok"
    assert Deal.objects.count() == 1


def test_secrets_are_masked(db: None) -> None:
    make_integration("cloud", dialect="roistat")
    Service("cloud").ask("import_scheme", token="0" * 32, user="cloud", password="p")
    parameters = CallLog.objects.get().parameters
    assert parameters == {"action": "import_scheme", "user": "cloud", "token": "***", "password": "***"}


@pytest.mark.parametrize("authorization", ["", "Basic cm9pc3RhdDp3cm9uZw=="])
def test_who_is_not_let_in_leaves_no_row(service: Service, authorization: str) -> None:
    service.get("action=export", HTTP_AUTHORIZATION=authorization)
    assert CallLog.objects.count() == 0


def make_rows(integration: Integration, ages: list[timedelta]) -> list[int]:
    rows = [
        CallLog.objects.create(integration=integration, action="export", outcome="ok", duration_ms=1, at=NOON - age)
        for age in ages
    ]
    return [row.pk for row in rows]


def kept() -> list[int]:
    return list(CallLog.objects.order_by("pk").values_list("pk", flat=True))


def test_rows_go_by_age(integration: Integration, settings: Settings) -> None:
    settings.CALL_LOG_DAYS = 30
    rows = make_rows(integration, [timedelta(days=31), timedelta(days=29), timedelta(0)])
    trim(at=NOON, newest=rows[-1])
    assert kept() == rows[1:]


def test_rows_go_by_number_whatever_their_age(integration: Integration, settings: Settings) -> None:
    settings.CALL_LOG_ROWS = 3
    rows = make_rows(integration, [timedelta(0)] * 7)
    trim(at=NOON, newest=rows[-1])
    assert kept() == rows[-3:]


def test_the_log_trims_itself(service: Service, integration: Integration, settings: Settings) -> None:
    settings.CALL_LOG_ROWS = 3
    make_rows(integration, [NOON - timezone.now()] * 7)
    with patch("analytics_api.call_log.TRIMMED_EVERY", 1):
        service.ask("import_scheme")
    assert CallLog.objects.count() == 3


def test_remarks_flag_a_call(service: Service) -> None:
    service.ask("lead", title="x", manager_id="nobody", created_date="never")
    row: Any = CallLog.objects.get()
    assert row.outcome == "flagged"
    assert row.message.splitlines() == [
        "manager_id is no manager who works here",
        "created_date cannot be read",
    ]


def test_a_retry_is_marked_as_one(service: Service) -> None:
    number = make_deal().pk
    for _ in range(2):
        service.ask("lead", id="L-1", title="x")
        service.ask("lead", title="y")
        service.ask("message", leadId=number, message="x")
        service.ask("task", element_id=number, text="x", deadline="2026-07-01T12:00")
    marks = list(CallLog.objects.order_by("pk").values_list("is_retry", flat=True))
    assert marks == [False] * 4 + [True] * 4


def test_reading_deals_is_noted_on_the_account_and_nothing_else_is(service: Service, integration: Integration) -> None:
    for action, parameters in [("import_scheme", {}), ("export_clients", {}), ("export", {"limit": "0"})]:
        service.ask(action, **parameters)
    integration.refresh_from_db()
    assert integration.last_pull_at is None
    service.ask("export")
    integration.refresh_from_db()
    assert integration.last_pull_at == CallLog.objects.order_by("pk").last().at  # type: ignore[union-attr]
