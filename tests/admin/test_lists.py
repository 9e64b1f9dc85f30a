"""The number of queries of a page does not grow with what it shows, and a page does not read the whole table."""

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client as Browser
from django.utils import timezone

from analytics_api.models import CallLog, FailedAccess
from crm.models import FirmPhone, Integration
from crm.services.clients import suspect_duplicates
from crm.services.subjects import Subject
from tests.factories import (
    make_call,
    make_client,
    make_deal,
    make_field,
    make_integration,
    make_message,
    make_status,
    make_task,
    make_user,
)


def full_deal(number: int) -> None:
    client = make_client(phone=f"+7916000{number:04}", email=f"{number}@example.com", manager=make_user())
    make_deal(client=client, manager=make_user())


def client_with_contacts(number: int) -> None:
    make_client(phone=f"+7916000{number:04}", email=f"{number}@example.com", manager=make_user())


def task_of_somebody(number: int) -> None:
    make_task(make_deal(client=make_client()) if number % 2 else make_client(), assignee=make_user())


def call_of_somebody(number: int) -> None:
    make_call(deal=make_deal(), manager=make_user()) if number % 2 else make_call(client=make_client())


def message_of_somebody(number: int) -> None:
    subjects: list[Subject] = [make_deal(), make_client(), make_call()]
    make_message(subjects[number % 3], by=make_user())


def pair_of_clients(number: int) -> None:
    suspect_duplicates(make_client(), make_client(), at=timezone.now())


def call_in_the_log(number: int) -> None:
    integration = Integration.objects.first() or make_integration()
    CallLog.objects.create(integration=integration, action="lead", outcome="ok", duration_ms=1.5, number=number)


# Session, person, and what the list itself asks: of deals, for one, the statuses and the people of the filters, too.
LISTS: list[tuple[str, Callable[[int], object], int]] = [
    ("crm/deal", full_deal, 5),
    ("crm/client", client_with_contacts, 5),
    ("crm/task", task_of_somebody, 4),
    ("crm/call", call_of_somebody, 4),
    ("crm/message", message_of_somebody, 3),
    ("crm/probableduplicates", pair_of_clients, 3),
    ("crm/change", lambda number: make_deal(by=make_user()), 7),
    ("crm/status", lambda number: make_status(f"Статус {number}"), 4),
    ("crm/customfield", lambda number: make_field(f"Поле {number}"), 4),
    ("crm/firmphone", lambda number: FirmPhone.objects.create(entered=str(number), normalised=str(number)), 3),
    ("crm/user", lambda number: make_user(), 3),
    ("crm/integration", lambda number: make_integration(f"service{number}"), 3),
    (
        "axes/accessattempt",
        lambda number: AccessAttempt.objects.create(username=number, failures_since_start=1),
        3,
    ),
    ("analytics_api/calllog", call_in_the_log, 4),
    (
        "analytics_api/failedaccess",
        lambda number: FailedAccess.objects.create(address=str(number), window=timezone.now(), count=1),
        3,
    ),
]


@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize(("path", "make", "queries"), LISTS, ids=[path for path, _, _ in LISTS])
def test_a_list_takes_as_many_queries_whatever_it_shows(
    office: Browser,
    django_assert_num_queries: Callable[..., Any],
    path: str,
    make: Callable[[int], object],
    queries: int,
    rows: int,
) -> None:
    for number in range(rows):
        make(number)

    with django_assert_num_queries(queries):
        response = office.get(f"/admin/{path}/")

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) >= rows
