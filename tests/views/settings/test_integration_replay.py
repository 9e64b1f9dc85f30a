"""Settings → Integrations → Log of calls: a failed write is sent again."""

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client as HttpClient
from pytest_django import DjangoAssertNumQueries

from analytics_api.models import CallLog
from crm.models import Client, Deal, Integration, Message, User
from tests.analytics_api.asking import Service
from tests.factories import make_deal, make_integration

pytestmark = pytest.mark.django_db
LOG = "/settings/integrations/calls/"
LEAD = (
    "action=lead&title=%D0%A3%D0%BA%D0%BB%D0%B0%D0%B4%D0%BA%D0%B0&phone=88007000000&text=one%0Atwo&phone=88007000001"
)


@pytest.fixture
def account() -> Integration:
    return make_integration()


def fail(query: str) -> CallLog:
    """A lead that ended in a fault of ours, as it stands in the log."""
    with patch("crm.services.leads.write_message", side_effect=RuntimeError):
        Service().get(query)
    return CallLog.objects.get()


def send_again(office: HttpClient, row: CallLog) -> Any:
    return office.post(f"{LOG}{row.pk}/replay/", follow=True)


def test_a_lost_lead_becomes_the_deal_that_it_would_have_been(
    office: HttpClient, administrator: User, account: Integration
) -> None:
    lost = fail(LEAD)
    assert (lost.outcome, Deal.objects.count()) == ("fault", 0)

    page = send_again(office, lost)

    row = lost.replay
    deal = Deal.objects.get()
    assert (row.outcome, row.action, row.number, row.by) == ("flagged", "lead", deal.pk, administrator)
    assert row.integration == account
    assert (deal.title, Message.objects.get().text) == ("Укладка", "one\ntwo")
    assert deal.extra["parameters"] == {"phone": "88007000001"}
    assert page.redirect_chain == [(f"{LOG}{row.pk}/", 302)]
    assert f'href="{LOG}{lost.pk}/"' in page.content.decode()
    assert f'href="{LOG}{row.pk}/"' in office.get(f"{LOG}{lost.pk}/").content.decode()


def test_two_clicks_make_one(office: HttpClient, account: Integration) -> None:
    lost = fail(LEAD)
    send_again(office, lost)

    page = send_again(office, lost)

    assert (Deal.objects.count(), Client.objects.count(), CallLog.objects.count()) == (1, 1, 2)
    assert page.redirect_chain == [(f"{LOG}{lost.replay.pk}/", 302)]
    assert "It was sent again already" in page.content.decode()


def test_what_fails_again_says_so_and_can_be_sent_once_more(
    office: HttpClient, account: Integration, caplog: pytest.LogCaptureFixture
) -> None:
    lost = fail(LEAD)
    with patch("crm.services.leads.write_message", side_effect=RuntimeError):
        page = send_again(office, lost)
    assert "It failed again." in page.content.decode()
    assert (lost.replay.outcome, Deal.objects.count()) == ("fault", 0)
    assert "A call that was sent again failed." in caplog.messages

    send_again(office, lost.replay)

    assert Deal.objects.count() == 1


def test_a_comment_on_a_deal_that_was_not_there_yet_is_sent_again(office: HttpClient, account: Integration) -> None:
    deal = make_deal()
    row = CallLog.objects.create(
        integration=account,
        action="message",
        outcome="error",
        duration_ms=1,
        parameters={"action": "message", "leadId": str(deal.pk), "message": "Жду", "token": "***", "user": "x"},
    )

    send_again(office, row)

    assert Message.objects.get().text == "Жду"
    assert row.replay.parameters == {"action": "message", "leadId": str(deal.pk), "message": "Жду"}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"parameters": {}}, "The person in it was erased"),
        ({"parameters": {"action": "lead", "title": "x", "Password": "***"}}, "Parameter Password was masked"),
        ({"parameters": {"action": "lead", "title": "x", "Token": "***"}}, "Parameter Token was masked"),
        (
            {"parameters": {"action": "lead", "title": "\N{REPLACEMENT CHARACTER}"}},
            "characters that could not be read",
        ),
    ],
)
def test_what_is_not_kept_as_it_came_is_not_sent_again(
    office: HttpClient, account: Integration, columns: dict[str, Any], reason: str
) -> None:
    columns = {"action": "lead", "outcome": "error", "duration_ms": 1} | columns
    row = CallLog.objects.create(integration=account, **columns)

    shown = office.get(f"{LOG}{row.pk}/").content.decode()
    page = send_again(office, row)

    assert (reason in shown, "/replay/" in shown) == (True, False)
    assert reason in page.content.decode()
    assert (Deal.objects.count(), CallLog.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("action", "outcome"), [("export", "error"), ("lead", "ok"), ("lead", "flagged"), ("", "error")]
)
def test_nothing_but_a_failed_write_is_sent_again(
    office: HttpClient, account: Integration, action: str, outcome: str
) -> None:
    parameters = {"action": action, "title": "x"}
    row = CallLog.objects.create(
        integration=account, action=action, outcome=outcome, duration_ms=1, parameters=parameters
    )

    assert "/replay/" not in office.get(f"{LOG}{row.pk}/").content.decode()
    assert "Only a write that failed can be sent again." in send_again(office, row).content.decode()
    assert (Deal.objects.count(), CallLog.objects.count()) == (0, 1)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_failed_lead_is_shown_in_few_queries(
    office: HttpClient, account: Integration, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    parameters = {"action": "lead"} | {f"field{number}": ["a", "b"] for number in range(count)}
    row = CallLog.objects.create(
        integration=account, action="lead", outcome="error", duration_ms=1, parameters=parameters
    )
    with django_assert_num_queries(5):
        office.get(f"{LOG}{row.pk}/")
