"""How the server reads a request's head; what it does with it is in test_production_server.py."""

import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine, LimitRequestLine, NoMoreData
from gunicorn.http.unreader import SocketUnreader

from crm.server import request as request_module
from crm.server.logger import logged_path
from crm.server.request import SILENCE_SECONDS, Request

LIMIT = 128 * 1024


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's end of a connection and the server's."""
    client, server = socket.socketpair()
    with client, server:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * LIMIT)
        yield client, server


def read(ends: tuple[socket.socket, socket.socket], line: bytes) -> Request:
    client, server = ends
    client.sendall(line + b"\r\nHost: localhost\r\n\r\n")
    return parse(server)


def parse(server: socket.socket) -> Request:
    config = Config()
    config.set("limit_request_line", LIMIT)
    return Request(config, SocketUnreader(server), ("127.0.0.1", 50_000))


def test_a_query_in_raw_utf_8_arrives_byte_for_byte(ends: tuple[socket.socket, socket.socket]) -> None:
    request = read(ends, "GET /analytics?title=Заявка#часть HTTP/1.1".encode())

    assert request.path == "/analytics"
    assert request.query.encode("latin-1").decode() == "title=Заявка"


def test_a_path_in_raw_utf_8_arrives_percent_encoded(ends: tuple[socket.socket, socket.socket]) -> None:
    assert read(ends, "GET /сделки?a=1 HTTP/1.1".encode()).path == "/%D1%81%D0%B4%D0%B5%D0%BB%D0%BA%D0%B8"


def test_a_percent_encoded_query_stays_as_it_was_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    assert read(ends, b"GET /analytics?title=%D0%97%3F HTTP/1.1").query == "title=%D0%97%3F"


def test_a_line_of_exactly_the_limit_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    frame = b"GET /? HTTP/1.1"

    request = read(ends, frame.replace(b"?", b"?" + b"x" * (LIMIT - len(frame))))

    assert len(request.query) == LIMIT - len(frame)


def test_a_longer_line_is_too_long(ends: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(LimitRequestLine):
        read(ends, b"GET /?" + b"x" * LIMIT + b" HTTP/1.1")


def test_a_control_character_in_the_line_is_refused(ends: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(InvalidRequestLine):
        read(ends, b"GET /?x=\x00 HTTP/1.1")


def test_a_client_that_never_finishes_its_head_is_given_up(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_module, "HEAD_SECONDS", 0.05)
    ends[0].sendall(b"GET / HTTP/1.1\r\nHost: loc")

    with pytest.raises(NoMoreData):
        parse(ends[1])


def test_a_client_that_falls_silent_later_is_given_up_too(ends: tuple[socket.socket, socket.socket]) -> None:
    read(ends, b"GET / HTTP/1.1")

    assert ends[1].gettimeout() == SILENCE_SECONDS


def test_a_logged_path_is_one_line_without_a_query_however_it_was_encoded() -> None:
    path = "/сделки\n127.0.0.1 forged?token=secret"

    assert logged_path(path.encode().decode("latin-1")) == "/%D1%81%D0%B4%D0%B5%D0%BB%D0%BA%D0%B8%0A127.0.0.1%20forged"
