"""Settings → Integrations → Log of calls."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as HttpClient
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics_api.models import CallLog
from crm.models import Integration, User
from tests.analytics_api.asking import Service
from tests.factories import make_call, make_client, make_deal, make_integration, make_task

pytestmark = pytest.mark.django_db
LIST = "/settings/integrations/"
LOG = f"{LIST}calls/"


def make_row(account: Integration, **columns: Any) -> CallLog:
    values = {"action": "export", "outcome": "ok", "duration_ms": 41.7, "address": "192.0.2.7"} | columns
    return CallLog.objects.create(integration=account, **values)


def shown(page: Any) -> list[CallLog]:
    calls: list[CallLog] = page.context["calls"]
    return calls


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_log_shows_the_newest_first(
    office: HttpClient, administrator: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [make_row(make_integration(f"shop-{number:02}"), rows=7, by=administrator) for number in range(count)]

    with django_assert_num_queries(5):
        page = office.get(LOG)

    assert shown(page) == rows[::-1]
    assert "42 ms" in page.content.decode()


def test_the_log_is_narrowed_by_outcome_account_action_and_period(office: HttpClient) -> None:
    shop, cloud = make_integration("shop"), make_integration("cloud")
    read = make_row(cloud, at=timezone.now() - timedelta(days=400))
    flagged = make_row(shop, action="lead", outcome="flagged")
    error = make_row(shop, action="lead", outcome="error")
    fault = make_row(cloud, action="call", outcome="fault")

    assert shown(office.get(f"{LOG}?outcome=not_ok")) == [fault, error, flagged]
    assert shown(office.get(f"{LOG}?outcome=failed")) == [fault, error]
    assert shown(office.get(f"{LOG}?account={cloud.pk}")) == [fault, read]
    assert shown(office.get(f"{LOG}?action=lead&outcome=failed")) == [error]
    assert shown(office.get(f"{LOG}?period=week")) == [fault, error, flagged]
    assert shown(office.get(f"{LOG}?until={(timezone.now() - timedelta(days=300)).date()}")) == [read]
    assert "No request matches the filter." in office.get(f"{LOG}?action=task").content.decode()
    assert len(shown(office.get(f"{LOG}?outcome=none&account=x&before=0"))) == 4


def test_the_log_is_paged_by_keys(office: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.views.lists.ROWS_A_PAGE", 2)
    account, now = make_integration(), timezone.now()
    ages = (3, 1, 2, 1, 2)  # a row is written when its call ends: a long one behind those that began later
    rows = [make_row(account, at=now - timedelta(seconds=age)) for age in ages]

    first = office.get(LOG)
    second = office.get(f"{LOG}?before={first.context['before']}")
    third = office.get(f"{LOG}?before={second.context['before']}")

    assert [rows.index(row) for page in (first, second, third) for row in shown(page)] == [3, 1, 4, 2, 0]
    assert third.context["before"] is None


def test_the_list_and_each_account_lead_to_the_log(office: HttpClient) -> None:
    account = make_integration()

    assert f'href="{LOG}"' in office.get(LIST).content.decode()
    assert f'href="{LOG}?account={account.pk}"' in office.get(f"{LIST}{account.pk}/").content.decode()


def test_a_call_shows_its_parameters_with_secrets_masked_and_what_is_wrong(office: HttpClient) -> None:
    make_integration("cloud", dialect="roistat")
    Service("cloud").ask("task", element_id="5", text="<b>Первая</b>\nвторая", token="0" * 32)

    page = office.get(f"{LOG}{CallLog.objects.get().pk}/")

    assert dict(page.context["parameters"])["text"] == "<b>Первая</b>\nвторая"
    assert dict(page.context["parameters"])["token"] == "***"
    assert "Parameter deadline is missing." in page.content.decode()
    assert "&lt;b&gt;Первая" in page.content.decode()


def test_a_parameter_that_came_with_several_values_is_told_from_one_of_several_lines(office: HttpClient) -> None:
    make_integration()
    Service().get("action=message&leadId=5&leadId=6&message=one%0Atwo")

    row = CallLog.objects.get()

    assert row.parameters == {"action": "message", "leadId": ["5", "6"], "message": "one\ntwo"}
    assert dict(office.get(f"{LOG}{row.pk}/").context["parameters"])["leadId"] == "5\n6"


def test_a_call_leads_to_what_it_wrote(office: HttpClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account, client = make_integration(), make_client("Анна")
    deal = make_deal("Укладка", client=client)
    loose = make_call()
    expected = {
        deal.pk: f'href="/deals/{deal.pk}/"',
        make_task(deal).pk: f'href="/deals/{deal.pk}/"',
        client.pk: f'href="/clients/{client.pk}/"',
        loose.pk: f'href="/calls/?q={loose.pk}"',
        10**9: "which is there no more",
    }
    for number, link in expected.items():
        row = make_row(account, action="lead", number=number)
        assert link in office.get(f"{LOG}{row.pk}/").content.decode()
    row = make_row(account, action="lead", number=deal.pk)
    with django_assert_num_queries(6):
        office.get(f"{LOG}{row.pk}/")


def test_what_is_not_in_the_log_is_not_found(office: HttpClient) -> None:
    assert office.get(f"{LOG}{10**30}/").status_code == 404
