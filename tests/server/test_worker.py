import json
import os
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine, InvalidResponseHeader

from crm.server.worker import Worker

PEER = ("203.0.113.9", 50_000)


class Log:
    """What the worker says, and how loud."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __getattr__(self, level: str) -> Any:
        return lambda message, *values: self.lines.append((level, message % values))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def worker(log: Log) -> Iterator[Worker]:
    worker = Worker(1, os.getpid(), [], None, 30, Config(), log)
    yield worker
    worker.tmp.close()


@pytest.mark.parametrize(
    ("error", "status", "message", "line"),
    [
        (
            InvalidRequestLine("GET /?token=secret"),
            b"400 Bad Request",
            "The request is not valid HTTP.",
            ("warning", "Refused a request from 203.0.113.9: InvalidRequestLine"),
        ),
        (
            ssl.SSLError("http request"),
            b"400 Bad Request",
            "This port speaks HTTPS.",
            ("warning", "Refused a request from 203.0.113.9: SSLError"),
        ),
        (
            InvalidResponseHeader("Location"),
            b"500 Internal Server Error",
            "Internal error.",
            ("exception", "Error in a request from 203.0.113.9"),
        ),
        (
            RuntimeError("of the application"),
            b"500 Internal Server Error",
            "Internal error.",
            ("exception", "Error in a request from 203.0.113.9"),
        ),
    ],
)
def test_an_error_is_answered_in_json_and_logged_without_the_request(
    worker: Worker, log: Log, error: Exception, status: bytes, message: str, line: tuple[str, str]
) -> None:
    client, server = socket.socketpair()
    with client, server:
        worker.handle_error(None, server, PEER, error)
        head, _, body = client.recv(4096).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"status": "error", "message": message}
    assert log.lines == [line]


def test_a_client_that_is_gone_needs_no_answer(worker: Worker, log: Log) -> None:
    client, server = socket.socketpair()
    client.close()

    with server:
        worker.handle_error(None, server, PEER, InvalidRequestLine("GET"))

    assert [level for level, line in log.lines] == ["warning", "debug"]
