"""What only the real server can show: its own refusals, its logs, connections, signals and deaths."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from tests.server.production_server import ProductionServer, drop_database, empty_database, wait_until

# Nobody else writes it, so wherever it turns up it came from a request.
TELLTALE = "telltale-7431"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def server_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty one: what `make serve` meets on its first day."""
    url = empty_database(tmp_path_factory.mktemp("database"))
    yield url
    drop_database(url)


def exchange(server: ProductionServer, request: bytes) -> tuple[int, dict[str, str]]:
    """Status and JSON of the answer to what no client library would send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(answer.read())


NOT_HTTP = "The request is not valid HTTP."
TOO_LARGE = "The headers are too large."
REFUSALS = {
    "no HTTP at all": (b"hello\r\n\r\n", 400, NOT_HTTP),
    "a blank in the address": (b"GET /?a=b c HTTP/1.1\r\n\r\n", 400, NOT_HTTP),
    "a header without a colon": (GET + b"nonsense\r\n\r\n", 400, NOT_HTTP),
    "an address beyond 128 KiB": (b"GET /" + b"x" * 2**17 + b" HTTP/1.1\r\n\r\n", 414, "The address is too long."),
    "a header beyond 8 KB": (GET + b"X-Long: " + b"x" * 2**14 + b"\r\n\r\n", 431, TOO_LARGE),
    "too many headers": (GET + b"X-Many: x\r\n" * 200 + b"\r\n", 431, TOO_LARGE),
    "a wrong expectation": (GET + b"Expect: wonders\r\n\r\n", 417, "Only 100-continue can be expected."),
    "an odd coding": (GET + b"Transfer-Encoding: morse\r\n\r\n", 501, "The transfer coding is not supported."),
}


@pytest.mark.parametrize(("request_bytes", "status", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_request_that_never_reaches_the_application_is_refused_in_json(
    server: ProductionServer, request_bytes: bytes, status: int, message: str
) -> None:
    assert exchange(server, request_bytes) == (status, {"status": "error", "message": message})


def test_a_query_between_64_and_128_kib_is_refused_by_the_application(server: ProductionServer) -> None:
    answer = exchange(server, b"GET /healthz?" + b"x" * 65_537 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert answer == (414, {"status": "error", "message": "The query is longer than 65536 bytes."})


def test_no_log_line_holds_a_query_or_a_referer(server: ProductionServer) -> None:
    told = TELLTALE.encode()
    refused = server.log.count("Refused a request from 127.0.0.1")
    referer = {"Referer": f"https://example.org/?{TELLTALE}"}
    httpx.get(f"{server.base_url}/healthz?token={TELLTALE}", headers=referer)
    httpx.get(f"{server.base_url}/healthz%3Ftoken={TELLTALE}")
    httpx.get(f"{server.base_url}/no-such-page?token={TELLTALE}", headers=referer)
    httpx.post(f"{server.base_url}/admin/login/?token={TELLTALE}", headers=referer | {"Origin": TELLTALE})
    exchange(server, b"GET /?" + told + b" nonsense HTTP/1.1\r\n\r\n")
    exchange(server, b"GET /?" + told * 20_000 + b" HTTP/1.1\r\n\r\n")
    exchange(server, b"GET /?" + told + b" HTTP/1.1\r\nReferer: " + told * 1_000 + b"\r\n\r\n")
    exchange(server, b"GET /?" + told + b" HTTP/1.1\r\n" + told + b"\r\n\r\n")
    exchange(server, b"GET /?" + told + b" HTTP/1.1\r\nHost: localhost\r\nExpect: " + told + b"\r\n\r\n")

    server.wait_for_log("Refused a request from 127.0.0.1", refused + 5)
    server.wait_for_log('"GET /healthz HTTP/1.1" 404')
    server.wait_for_log('"GET /no-such-page HTTP/1.1" 404')
    server.wait_for_log('"POST /admin/login/ HTTP/1.1" 403')
    assert TELLTALE not in server.log


def test_one_connection_carries_several_requests(server: ProductionServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.connect()
    first_socket = connection.sock
    for _ in range(3):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.version, answer.status, answer.read()) == (11, 200, b'{"status": "ok"}')
    assert connection.sock is first_socket
    connection.close()


def test_it_goes_on_when_a_worker_is_killed(server: ProductionServer) -> None:
    workers = server.worker_pids

    server.kill_worker()

    wait_until(lambda: len(server.worker_pids) == 2 and workers[0] not in server.worker_pids)
    assert workers[1] in server.worker_pids
    answers = [httpx.get(f"{server.base_url}/readyz").status_code for _ in range(20)]
    assert answers == [200] * 20


def test_new_workers_take_over_without_a_lost_request(server: ProductionServer) -> None:
    workers = server.worker_pids
    answers: list[int] = []
    finished = threading.Event()

    def ask_on() -> None:
        while not finished.is_set():
            answers.append(httpx.get(f"{server.base_url}/healthz").status_code)

    asking = threading.Thread(target=ask_on)
    asking.start()
    try:
        server.reload()
        wait_until(lambda: len(server.worker_pids) == 2 and not set(workers) & set(server.worker_pids))
    finally:
        finished.set()
        asking.join()
    assert set(answers) == {200}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def https_server(
    tmp_path_factory: pytest.TempPathFactory, server_database: str, authority: trustme.CA
) -> Iterator[ProductionServer]:
    directory: Path = tmp_path_factory.mktemp("https")
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(directory / "certificate.pem")
    certificate.private_key_pem.write_to_path(directory / "key.pem")
    files = {"TLS_CERT": str(directory / "certificate.pem"), "TLS_KEY": str(directory / "key.pem")}
    with ProductionServer(directory, server_database, **files) as running:
        yield running


def test_https_is_answered_with_the_certificate_that_was_given(
    https_server: ProductionServer, authority: trustme.CA
) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    with httpx.Client(verify=trust) as client:
        answers = [client.get(f"{https_server.base_url}/readyz") for _ in range(3)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "ok"})] * 3


def test_the_port_of_https_gives_plain_http_nothing(https_server: ProductionServer) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://localhost:{https_server.port}/healthz")


def test_cookies_go_by_https_alone_where_the_server_speaks_it(
    https_server: ProductionServer, authority: trustme.CA
) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    answer = httpx.get(f"{https_server.base_url}/login/", verify=trust)

    assert "; Secure" in answer.headers["Set-Cookie"]
