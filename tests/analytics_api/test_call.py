"""`call`: reported when it starts and again when it ends (PROTOCOL.md, section 3)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analytics_api.models import CallLog
from crm.models import Call, Deal, FirmPhone
from tests.analytics_api.asking import Service
from tests.factories import make_client, make_deal, make_integration, make_message, make_task, make_user

ANNA, FIRM = "88007000000", "84951234567"


def report(service: Service, outside_id: object = "1", **parameters: object) -> Call:
    answer = service.ask("call", id=outside_id, **parameters)
    assert answer["status"] == "ok", answer
    return Call.objects.get(pk=answer["call_id"])


def test_a_call_is_one_from_its_start_to_its_end(service: Service) -> None:
    start = report(service, caller=ANNA, callee=FIRM, date="2026-07-01T12:00:00", visit="437272", marker="vk")
    end = report(service, status="ANSWER", duration="50", file_url="https://example.org/1.mp3", callee="")
    assert end == start
    assert (end.caller, end.callee, end.visit, end.marker) == (ANNA, FIRM, "437272", "vk")
    assert (end.status, end.duration, end.file_url) == ("ANSWER", 50, "https://example.org/1.mp3")
    assert end.started_at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_the_same_id_of_another_account_is_another_call(service: Service) -> None:
    make_integration("other")
    assert report(service) != report(Service("other"))


def test_a_late_report_never_turns_a_final_status_back_and_fills_only_what_is_empty(service: Service) -> None:
    report(service, status="ANSWER", duration="50", callee=FIRM)
    late = report(service, status="ringing", duration="0", callee="1", caller=ANNA)
    assert (late.status, late.duration, late.callee, late.caller) == ("ANSWER", 50, FIRM, ANNA)


def test_a_final_status_may_be_corrected_by_another(service: Service) -> None:
    report(service, status="CANCEL")
    assert report(service, status="ANSWER").status == "ANSWER"


@pytest.mark.parametrize(
    ("text", "status"),
    [(status, status) for status in Call.Status.values]
    + [("answered", "ANSWER"), ("Answer", "ANSWER"), ("busy", "BUSY")],
)
def test_statuses_come_in_any_letter_case(service: Service, text: str, status: str) -> None:
    call = report(service, status=text)
    assert (call.status, call.raw_status) == (status, text)


def test_an_unknown_status_is_kept_as_it_came(service: Service) -> None:
    call = report(service, status="Переведён")
    assert (call.status, call.raw_status) == ("", "Переведён")
    assert report(service, status="BUSY").status == "BUSY"


def test_a_call_without_an_id_is_an_error(service: Service) -> None:
    assert service.refusal("call", caller=ANNA) == "Parameter id is missing."
    assert service.refusal("call", id="x" * 129) == "Parameter id is longer than 128 characters."


# --- Whose call it is ------------------------------------------------------------------------------------------------


def test_a_call_from_a_known_client_is_incoming_and_his(service: Service) -> None:
    client, manager = make_client(phone=ANNA), make_user()
    client.manager = manager
    client.save()
    call = report(service, caller="+7 800 700-00-00", callee=FIRM)
    assert (call.direction, call.client, call.deal, call.manager) == ("incoming", client, None, manager)


def test_a_call_to_a_known_client_is_outgoing_and_his(service: Service) -> None:
    client = make_client(phone=ANNA)
    call = report(service, caller=FIRM, callee=ANNA)
    assert (call.direction, call.client) == ("outgoing", client)


def test_a_call_of_nobody_known_is_incoming_and_stands_alone(service: Service) -> None:
    call = report(service, caller=ANNA, callee=FIRM)
    assert (call.direction, call.client, call.deal) == ("incoming", None, None)


def test_the_firms_own_numbers_are_nobodys(service: Service) -> None:
    make_client("Мы сами", phone=FIRM)
    client = make_client(phone=ANNA)
    FirmPhone.objects.create(entered="8 (495) 123-45-67", normalised="+74951234567")
    call = report(service, caller=FIRM, callee=ANNA)
    assert (call.direction, call.client) == ("outgoing", client)


def test_an_order_id_attaches_the_call_to_the_deal(service: Service) -> None:
    manager = make_user()
    deal = make_deal(client=make_client(phone=ANNA), manager=manager)
    call = report(service, caller=ANNA, callee=FIRM, order_id=deal.pk)
    assert (call.deal, call.client, call.direction, call.manager) == (deal, None, "incoming", manager)


def test_an_order_id_that_comes_later_takes_the_call_and_what_was_said_of_it_along(service: Service) -> None:
    call = report(service, caller=ANNA)
    message, task = make_message(call), make_task(call)
    deal = make_deal()
    assert report(service, order_id=deal.pk).deal == deal
    message.refresh_from_db()
    task.refresh_from_db()
    assert (message.deal, message.call, task.deal, task.call) == (deal, None, deal, None)


@pytest.mark.parametrize("order_id", ["4242", "abc", "9" * 40, "-1"])
def test_an_order_id_of_no_deal_is_an_error(service: Service, order_id: str) -> None:
    message = service.refusal("call", id="1", order_id=order_id)
    assert message == f"Parameter order_id: there is no deal with the number {order_id}."
    assert Call.objects.count() == 0


def test_an_order_id_of_a_client_is_an_error(service: Service) -> None:
    client = make_client()
    service.refusal("call", id="1", order_id=client.pk)
    assert Deal.objects.count() == Call.objects.count() == 0


# --- What cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "yesterday"), ("date", "2026-13-01T00:00"), ("date", "0001-01-01T00:00"),
        ("duration", "a minute"), ("duration", "-1"), ("duration", "1.5"), ("duration", "9" * 40),
        ("file_url", "javascript:alert(1)"), ("file_url", "//example.org/1.mp3"), ("file_url", "ftp://example.org/1"),
        ("file_url", "data:text/html,x"), ("file_url", "http://"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_as_text_never_as_a_link_and_flagged(
    service: Service, name: str, text: str
) -> None:
    call = report(service, caller=ANNA, **{name: text})
    assert call.unread == {name: text}
    assert (call.caller, call.duration, call.file_url) == (ANNA, None, "")
    newest = CallLog.objects.latest("pk")
    assert (newest.outcome, newest.message) == ("flagged", f"{name} cannot be read; it is kept as text")


@pytest.mark.parametrize("name", ["caller", "callee", "visit", "marker", "status"])
def test_an_overlong_value_is_an_error_that_names_the_limit(service: Service, name: str) -> None:
    message = service.refusal("call", id="1", **{name: "x" * 256})
    assert message == f"Parameter {name} is longer than 255 characters."
    assert service.refusal("call", id="1", file_url="https://e.org/" + "x" * 2048) == (
        "Parameter file_url is longer than 2048 characters."
    )


def test_of_different_values_of_one_parameter_the_first_is_taken_and_the_rest_kept(service: Service) -> None:
    answer: dict[str, Any] = service.answer("action=call&id=1&caller=1&caller=2&duration=x&duration=5")
    call = Call.objects.get(pk=answer["call_id"])
    assert (call.caller, call.unread) == ("1", {"caller": "2", "duration": "x\n5"})
