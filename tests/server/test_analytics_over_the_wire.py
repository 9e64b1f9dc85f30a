"""The protocol through the production server: what depends on how a request travels, and on who dies meanwhile."""

import base64
import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.server.production_server import ProductionServer, wait_until

SECRET = "a-secret-of-the-tests"


@pytest.fixture(scope="module", autouse=True)
def _account(server: ProductionServer) -> None:
    server.manage("add_integration", "roistat", "--secret", SECRET)


def ask(server: ProductionServer, **parameters: str) -> dict[str, Any]:
    answer = httpx.get(f"{server.base_url}/analytics", params=parameters, auth=("roistat", SECRET), timeout=60)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def send_raw(server: ProductionServer, query: bytes, method: str = "GET") -> tuple[int, dict[str, Any]]:
    """The query goes out byte for byte, which no client library does."""
    credentials = base64.b64encode(f"roistat:{SECRET}".encode())
    head = b"%s /analytics?%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic %s\r\nContent-Length: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head % (method.encode(), query, credentials))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, json.loads(answer.read())


def names(server: ProductionServer) -> dict[str, str]:
    """Deal number to name, as the export has them."""
    return {order["id"]: order["name"] for order in ask(server, action="export", limit="10000")["orders"]}


def test_a_lead_of_5000_cyrillic_letters_arrives_whole(server: ProductionServer) -> None:
    text = "абвгдеёжзи" * 500
    assert len(urlencode({"text": text})) > 30_000

    answer = ask(server, action="lead", title="Long", text=text)

    assert answer["status"] == "ok"
    stored = server.manage(
        "shell",
        "--no-imports",
        "--command",
        "from crm.models import Message; print(Message.objects.latest('pk').text)",
    )
    assert stored.strip() == text


def test_raw_utf_8_in_the_query_is_as_good_as_percent_encoded(server: ProductionServer) -> None:
    status, answer = send_raw(server, "action=lead&title=Заявка_с_сайта".encode())

    assert (status, answer["status"]) == (200, "ok")
    assert names(server)[answer["order_id"]] == "Заявка_с_сайта"


def test_a_query_that_is_no_utf_8_is_an_error_and_stores_nothing(server: ProductionServer) -> None:
    before = names(server)

    status, answer = send_raw(server, "action=lead&title=Заявка".encode("cp1251"))

    assert (status, answer["status"]) == (200, "error")
    assert names(server) == before


@pytest.mark.parametrize(("method", "status"), [("GET", 414), ("DELETE", 405)])
def test_beyond_64_kib_the_method_is_looked_at_before_the_length(
    server: ProductionServer, method: str, status: int
) -> None:
    refused, answer = send_raw(server, b"action=lead&text=" + b"x" * 65_536, method)

    assert (refused, answer["status"]) == (status, "error")


def test_raw_utf_8_is_measured_as_it_was_sent(server: ProductionServer) -> None:
    status, answer = send_raw(server, ("action=lead&title=Short&text=" + "ё" * 30_000).encode())

    assert (status, answer["status"]) == (200, "ok")


def test_nothing_that_was_answered_is_lost_when_workers_are_killed(server: ProductionServer) -> None:
    answered: dict[str, str] = {}
    finished = threading.Event()

    def send_leads(sender: int) -> None:
        count = 0
        while not finished.is_set():
            count += 1
            title = f"Lead {sender}.{count}"
            try:
                answered[ask(server, action="lead", title=title)["order_id"]] = title
            except httpx.TransportError:
                continue  # cut off without an answer: nothing was promised

    def reached(wanted: int) -> bool:
        return len(answered) >= wanted

    with ThreadPoolExecutor(4) as senders:
        running = [senders.submit(send_leads, sender) for sender in range(4)]
        try:
            for wanted in (8, 16, 24):  # each worker dies with requests in hand, however slow the machine is
                wait_until(partial(reached, wanted))
                server.kill_worker()
            wait_until(partial(reached, 32))
        finally:
            finished.set()
    for sending in running:
        sending.result()

    assert answered.items() <= names(server).items()


def test_the_log_knows_the_calls_but_not_what_was_said(server: ProductionServer) -> None:
    ask(server, action="lead", title="telltale-7431", phone="+7 495 000-00-00")
    httpx.get(f"{server.base_url}/analytics?user=roistat&token=telltale-7431&action=export")

    server.wait_for_log('"GET /analytics HTTP/1.1" 401')
    assert "telltale-7431" not in server.log
    assert SECRET not in server.log
