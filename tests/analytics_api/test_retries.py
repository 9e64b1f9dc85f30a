"""A retry makes no second deal, comment or task (PROTOCOL.md, section 3)."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from analytics_api.models import CallLog, RetryKey
from crm.models import Deal, Message, Task
from tests.analytics_api.asking import Service
from tests.factories import make_deal, make_integration

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def at(later: timedelta):  # type: ignore[no-untyped-def]  # a patcher, whose type has no public name
    return patch("django.utils.timezone.now", return_value=NOON + later)


def test_the_same_request_within_ten_minutes_is_answered_the_same(service: Service) -> None:
    first = service.answer("action=lead&title=Стрижка&phone=88007000000")
    again = service.answer("phone=8800%37000000&title=Стрижка&action=lead&text=")
    assert first == again
    assert Deal.objects.count() == 1


def test_ten_minutes_later_the_same_request_is_a_new_one(service: Service) -> None:
    numbers = []
    for minutes in (0, 9, 11, 20, 22):
        with at(timedelta(minutes=minutes)):
            numbers.append(service.ask("lead", title="x")["order_id"])
    assert [numbers.index(number) for number in numbers] == [0, 0, 2, 2, 4]


def test_another_account_or_action_is_another_request(service: Service) -> None:
    make_integration("other")
    assert service.ask("lead", title="x") != Service("other").ask("lead", title="x")
    assert Deal.objects.count() == 2


def test_a_comment_and_a_task_are_written_once(service: Service) -> None:
    deal = make_deal()
    for action, parameters in [
        ("message", {"leadId": deal.pk, "message": "x"}),
        ("task", {"element_id": deal.pk, "text": "x", "deadline": "2026-07-01T12:00"}),
    ]:
        answers = [service.ask(action, **parameters) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
    assert (Message.objects.count(), Task.objects.count()) == (1, 1)


def test_a_refused_write_is_tried_again(service: Service) -> None:
    parameters = {"leadId": 803, "message": "x"}
    service.refusal("message", **parameters)
    Deal.objects.create(pk=803, title="x", status_id=1)
    assert service.ask("message", **parameters)["status"] == "ok"


def test_the_same_lead_id_answers_the_same_deal_at_any_time(service: Service) -> None:
    with at(timedelta(0)):
        first = service.ask("lead", id="L-1", title="x")
    with at(timedelta(days=400)):
        assert service.ask("lead", id="L-1", title="x") == first
    assert (Deal.objects.count(), Message.objects.count()) == (1, 0)


def test_what_differs_under_the_same_lead_id_becomes_a_comment_and_is_flagged(service: Service) -> None:
    first = service.ask("lead", id="L-1", title="x", phone="88007000000")
    again = {"id": "L-1", "title": "x", "phone": "89234102993", "text": "Перезвоните"}
    assert service.ask("lead", **again) == first
    assert service.ask("lead", **again) == first  # a retry of the second says nothing new
    [message] = Deal.objects.get().messages.all()
    assert message.title == "The lead came again with other values"
    assert message.text.splitlines() == ["phone: 89234102993", "text: Перезвоните"]
    outcomes = CallLog.objects.order_by("pk").values_list("outcome", "message")
    assert list(outcomes) == [
        ("ok", ""),
        ("flagged", "the same id with other values: phone, text"),
        ("ok", ""),
    ]


def test_lead_ids_of_two_accounts_are_two(service: Service) -> None:
    make_integration("other")
    assert service.ask("lead", id="1", title="x") != Service("other").ask("lead", id="1", title="x")


def test_the_same_lead_under_two_ids_is_two_deals(service: Service) -> None:
    assert service.ask("lead", id="1", title="x") != service.ask("lead", id="2", title="x")


def test_overlong_lead_ids_that_begin_alike_are_told_apart(service: Service) -> None:
    one, other = "a" * 128 + "1", "a" * 128 + "2"
    first = service.ask("lead", id=one, title="x")
    assert service.ask("lead", id=other, title="x") != first
    assert service.ask("lead", id=one, title="x") == first
    comments = [message.text for message in Message.objects.order_by("pk")]
    assert comments == [f"id: {one}", f"id: {other}"]


@pytest.mark.parametrize("trimmed_every", [1])
def test_keys_of_requests_are_dropped_when_their_time_is_over_and_ids_are_kept(
    service: Service, trimmed_every: int
) -> None:
    with at(timedelta(0)):
        service.ask("lead", title="x")
        service.ask("lead", id="L-1", title="x")
    with at(timedelta(minutes=11)), patch("analytics_api.retries.TRIMMED_EVERY", trimmed_every):
        service.ask("lead", title="y")
    assert sorted(key.key[:4] for key in RetryKey.objects.all()) == ["id:L", "sha2"]
