"""PROTOCOL.md, section 1: methods, status, encoding, length, caching, foreign pages."""

import gzip
import json
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Contact, Deal, Message
from tests.analytics_api.asking import Service
from tests.factories import make_client, make_deal, make_user


def make_deals(count: int) -> None:
    for number in range(count):
        make_deal(f"{number}")


# On PostgreSQL the request and the phone are locked by name.
WRITING_COSTS = {
    "sqlite": {"lead": 17, "message": 12, "task": 15, "call": 14},
    "postgresql": {"lead": 14, "message": 12, "task": 16, "call": 15},
}
LETTERS = "Здравствуйте, хочу записаться на окрашивание. " * 110


@pytest.mark.parametrize("path", ["/analytics", "/analytics/"])
def test_both_addresses_answer_without_a_redirect(service: Service, path: str) -> None:
    response = service.get("action=import_scheme", path=path)
    assert response.status_code == 200
    assert [status["id"] for status in json.loads(response.content)["statuses"]] == ["1", "2", "3", "4", "5"]


def test_the_answer_is_utf8_json_that_no_cache_keeps(service: Service) -> None:
    response = service.get("action=import_scheme")
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert "Новая".encode() in response.content


def test_a_long_answer_is_compressed_for_who_accepts_it(service: Service) -> None:
    make_deals(20)
    plain = service.get("action=export")
    zipped = service.get("action=export", HTTP_ACCEPT_ENCODING="br, gzip;q=0.8")

    assert (plain.headers.get("Content-Encoding"), zipped.headers.get("Content-Encoding")) == (None, "gzip")
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert zipped["Content-Length"] == str(len(zipped.content))


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity, gzip; q=0.0", "*;q=0"])
def test_who_does_not_accept_gzip_gets_none(service: Service, accepted: str) -> None:
    make_deals(20)
    answer = service.get("action=export", HTTP_ACCEPT_ENCODING=accepted)

    assert "Content-Encoding" not in answer.headers
    assert len(json.loads(answer.content)["orders"]) == 20


def test_a_short_answer_is_not_compressed(service: Service) -> None:
    answer = service.get("action=import_scheme&action=x", HTTP_ACCEPT_ENCODING="gzip")

    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.content)["status"] == "error"


def test_head_answers_a_reading_action_like_get_without_a_body(service: Service) -> None:
    expected = service.get("action=import_scheme")
    response = service.get("action=import_scheme", method="HEAD")
    assert response.status_code == 200
    assert response["Content-Length"] == expected["Content-Length"]
    assert response.content == b""


def test_head_leaves_a_walk_under_way_alone(service: Service) -> None:
    make_deals(4)
    service.ask("export", offset=0, limit=2)
    make_deal("later")
    service.get("action=export&offset=0&limit=2", method="HEAD")
    assert service.ask("export", offset=2, limit=2)["pagination"]["total_count"] == "4"


@pytest.mark.parametrize("action", ["lead", "message", "task", "call"])
def test_head_never_writes(service: Service, action: str) -> None:
    response = service.get(f"action={action}&title=x&text=x&id=1", method="HEAD")
    assert response.status_code == 405
    assert Deal.objects.count() == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_another_method_is_refused_in_json(service: Service, method: str) -> None:
    response = service.get("action=lead&title=x", method=method)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert json.loads(response.content) == {"status": "error", "message": "The method must be GET."}
    assert Deal.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Parameter action is missing"),
        ("action=", "Parameter action is missing"),
        ("action=Export", "Parameter action: Export is unknown"),
        ("action=drop", "Parameter action: drop is unknown"),
    ],
)
def test_a_missing_or_unknown_action_lists_the_known_ones(service: Service, query: str, message: str) -> None:
    answer = service.answer(query)
    known = "the actions are import_scheme, export_clients, export, lead, message, task, call."
    assert answer == {"status": "error", "message": f"{message}; {known}"}


def test_a_page_of_another_site_is_refused(service: Service) -> None:
    response = service.get("action=lead&title=x", HTTP_SEC_FETCH_SITE="cross-site")
    assert response.status_code == 403
    assert json.loads(response.content)["status"] == "error"
    assert Deal.objects.count() == 0


@pytest.mark.parametrize("origin", ["none", "same-origin", "same-site"])
def test_an_address_that_somebody_typed_is_answered(service: Service, origin: str) -> None:
    assert service.get("action=import_scheme", HTTP_SEC_FETCH_SITE=origin).status_code == 200


def test_a_long_lead_arrives_whole(service: Service) -> None:
    text = LETTERS[:5000].strip()
    number = int(service.ask("lead", title="Запись", text=text)["order_id"])
    assert Message.objects.get(deal=number).text == text


def test_more_than_64_kib_are_refused(service: Service) -> None:
    fits = "action=lead&title=x&text="
    assert service.get(fits + "a" * (65_536 - len(fits))).status_code == 200
    response = service.get(fits + "a" * (65_537 - len(fits)))
    assert response.status_code == 414
    assert json.loads(response.content) == {"status": "error", "message": "The request is longer than 65536 bytes."}
    assert Deal.objects.count() == 1


def test_what_stands_before_the_command_is_checked_in_order(service: Service) -> None:
    wrong: dict[str, Any] = {"HTTP_AUTHORIZATION": "Basic eDp5", "HTTP_SEC_FETCH_SITE": "cross-site"}
    long = "action=lead&text=" + "a" * 65_536
    assert service.get(long, method="PUT", **wrong).status_code == 405
    assert service.get(long, **wrong).status_code == 414
    assert service.get("action=lead", **wrong).status_code == 403
    assert service.get("action=lead", HTTP_AUTHORIZATION="Basic eDp5").status_code == 401
    assert service.get("action=lead").status_code == 200


def test_raw_utf8_and_percent_encoding_say_the_same(service: Service) -> None:
    raw = service.answer("action=lead&title=Стрижка")
    encoded = service.answer(f"action=lead&title={quote('Стрижка')}")
    assert raw == encoded  # the second is a retry of the first
    assert Deal.objects.get().title == "Стрижка"


def test_a_query_that_is_not_utf8_names_the_parameter_and_stores_nothing(service: Service) -> None:
    answer = service.answer(b"action=lead&phone=88007000000&title=" + "Стрижка".encode("cp1251"))
    assert answer == {"status": "error", "message": "Parameter title is not valid UTF-8."}
    assert Deal.objects.count() == 0


def test_equal_values_of_one_parameter_are_one(service: Service) -> None:
    answer = service.answer("action=export&limit=7&limit=7&action=export")
    assert answer["pagination"] == {"total_count": "0", "limit": "7"}


@pytest.mark.parametrize("query", ["action=export&limit=7&limit=8", "action=message&leadId=1&leadId=2&title=x"])
def test_different_values_of_one_parameter_are_an_error(service: Service, query: str) -> None:
    name = "limit" if "limit" in query else "leadId"
    assert service.answer(query) == {
        "status": "error",
        "message": f"Parameter {name} comes with different values.",
    }


def test_different_actions_are_an_error(service: Service) -> None:
    answer = service.answer("action=lead&action=export&title=x")
    assert answer == {"status": "error", "message": "Parameter action comes with different values."}
    assert Deal.objects.count() == 0


def test_more_than_a_thousand_parameters_are_an_error_in_json(service: Service) -> None:
    answer = service.answer("action=lead&title=x&" + "&".join(f"p{n}=1" for n in range(1000)))
    assert answer == {"status": "error", "message": "There are more than 1000 parameters."}


def test_an_internal_fault_is_500_in_json_without_a_word_of_the_inside(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with patch("analytics_api.payloads._scheme_rows", side_effect=RuntimeError("password=secret")):
        response = service.get("action=import_scheme")
    assert response.status_code == 500
    assert json.loads(response.content) == {"status": "error", "message": "Internal error."}
    assert "RuntimeError" in caplog.text


def test_messages_come_in_the_language_that_was_asked_for(service: Service) -> None:
    english = json.loads(service.get("action=x", HTTP_ACCEPT_LANGUAGE="en").content)["message"]
    russian = json.loads(service.get("action=x", HTTP_ACCEPT_LANGUAGE="ru").content)["message"]
    assert english.startswith("Parameter action: x is unknown")
    assert russian.startswith("Параметр action")


@pytest.mark.parametrize(("action", "queries"), [("import_scheme", 3), ("export", 6), ("export_clients", 6)])
@pytest.mark.parametrize("deals", [1, 3, 300])
@patch("analytics_api.call_log.TRIMMED_EVERY", 10**9)  # by the numbers of rows, which another run has other ones of
def test_reading_costs_the_same_queries_for_any_number_of_deals(
    service: Service, action: str, queries: int, deals: int
) -> None:
    for number in range(deals):
        make_deal(f"{number}", client=make_client())
    service.ask(action)  # the account's last use and last pull are written once a minute
    with CaptureQueriesContext(connection) as captured:
        service.ask(action)
    assert len(captured) == queries, [query["sql"] for query in captured]


@pytest.mark.parametrize("rows", [1, 3, 300])
@patch("analytics_api.call_log.TRIMMED_EVERY", 10**9)
@patch("analytics_api.retries.TRIMMED_EVERY", 10**9)
def test_writing_costs_the_same_queries_whatever_is_known_of_a_client(service: Service, rows: int) -> None:
    known = make_client(phone="+7 923 410-29-94")
    deals = [make_deal(f"{number}", client=known) for number in range(rows)]
    for number in range(rows):
        make_user(full_name=f"{number}")
    for number in range(rows):
        Contact.objects.create(client=known, kind="email", entered=f"{number}@mail.ru", normalised=f"{number}@mail.ru")
    service.ask("lead", title="Первая")  # the account's last use is written once a minute

    asked: dict[str, dict[str, object]] = {
        "lead": {"title": "Вторая", "phone": "8 (923) 410-29-94", "text": "Хочу записаться"},
        "message": {"leadId": deals[0].pk, "message": "Перезвонить"},
        "task": {"element_id": deals[0].pk, "text": "Перезвонить", "deadline": "2030-01-01T11:11:11"},
        "call": {"id": "1", "caller": "79234102994", "callee": "78007000000", "date": "2026-01-01T11:11:11"},
    }
    took = {}
    for action, parameters in asked.items():
        with CaptureQueriesContext(connection) as captured:
            assert service.ask(action, **parameters)["status"] == "ok"
        took[action] = len(captured)
    assert took == WRITING_COSTS[connection.vendor]


@pytest.mark.parametrize("path", ["/analytics", "/analytics/"])
def test_a_request_for_a_foreign_host_is_refused_in_json(service: Service, path: str) -> None:
    response = service.get("action=import_scheme", path=path, HTTP_HOST="evil.example")

    assert (response.status_code, response["Content-Type"]) == (400, "application/json; charset=utf-8")
    assert json.loads(response.content) == {
        "status": "error",
        "message": "The request is not valid, or it is for a Host that this server does not know.",
    }


def test_a_fault_in_what_sees_to_pages_is_no_concern_of_the_service(service: Service) -> None:
    with patch("crm.middleware.PersonMiddleware.__call__", side_effect=RuntimeError("secret")):
        response = service.get("action=import_scheme")

    assert response.status_code == 200
    assert "statuses" in json.loads(response.content)


def test_the_answer_may_not_be_taken_for_anything_but_what_it_is(service: Service) -> None:
    assert service.get("action=import_scheme")["X-Content-Type-Options"] == "nosniff"
