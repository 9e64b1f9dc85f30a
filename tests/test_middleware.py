import gzip
import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory
from pytest_django import Settings

from crm.middleware import MAX_QUERY_BYTES, CompressionMiddleware, TrustedProxyMiddleware, client_address
from tests.factories import make_user

PROXY = "10.0.0.1"
SECOND_PROXY = "192.168.7.20"
PERSON = "203.0.113.9"
LIAR = "198.51.100.66"
HOST = "crm.example.org"


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [PROXY, "192.168.7.0/24", "2001:db8::/32"]


def seen(peer: str, **headers: Any) -> HttpRequest:
    """The request as a view sees it."""
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)
    TrustedProxyMiddleware(lambda request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (PERSON, "", PERSON),
        (PERSON, LIAR, PERSON),
        (PROXY, "", PROXY),
        (PROXY, PERSON, PERSON),
        (PROXY, f"{LIAR}, {PERSON}", PERSON),
        (PROXY, f"{LIAR},{PERSON}, {SECOND_PROXY}", PERSON),
        (PROXY, f"{SECOND_PROXY}, {PROXY}", SECOND_PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, f"{PERSON}, unknown, {SECOND_PROXY}", SECOND_PROXY),
        (f"::ffff:{PROXY}", f"::ffff:{PERSON}", PERSON),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        ("", PERSON, ""),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_trusted_proxy(peer: str, forwarded: str, address: str) -> None:
    assert client_address(seen(peer, HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_a_trusted_proxy_says_that_the_person_uses_https() -> None:
    assert seen(PROXY, HTTP_X_FORWARDED_PROTO="https").is_secure() is True


def test_anybody_else_who_says_so_is_not_believed() -> None:
    assert seen(PERSON, HTTP_X_FORWARDED_PROTO="https").is_secure() is False


def test_no_view_sees_the_forwarding_headers_of_a_stranger() -> None:
    request = seen(PERSON, HTTP_X_FORWARDED_FOR=LIAR, HTTP_X_FORWARDED_PROTO="https")

    assert "X-Forwarded-For" not in request.headers
    assert "X-Forwarded-Proto" not in request.headers


def log_in(peer: str, scheme: str, *, secure: bool = False) -> HttpResponseBase:
    """As a browser does that the proxy `peer` says to use this scheme."""
    make_user(login="anna")
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=peer, HTTP_HOST=HOST, HTTP_X_FORWARDED_PROTO=scheme)
    token = browser.get("/login/", secure=secure).cookies["csrftoken"].value
    form = {"username": "anna", "password": "a password", "csrfmiddlewaretoken": token}
    return browser.post("/login/", form, headers={"Origin": f"https://{HOST}"}, secure=secure)


@pytest.mark.django_db
@pytest.mark.parametrize(("peer", "scheme", "secure"), [(PROXY, "https", False), (PERSON, "", True)])
def test_who_uses_https_logs_in_and_gets_cookies_for_https_alone(
    settings: Settings, peer: str, scheme: str, secure: bool
) -> None:
    settings.ALLOWED_HOSTS = [HOST]
    answer = log_in(peer, scheme, secure=secure)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert {name: bool(cookie["secure"]) for name, cookie in answer.cookies.items()} == {
        "csrftoken": True,
        "sessionid": True,
    }


@pytest.mark.django_db
def test_a_proxy_that_nobody_named_does_not_make_a_foreign_form_ours(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [HOST]

    assert log_in(PERSON, "https").status_code == 403


@pytest.mark.django_db
def test_who_uses_plain_http_gets_cookies_that_come_back(client: Client) -> None:
    assert not client.get("/login/").cookies["csrftoken"]["secure"]


def test_a_query_of_64_kib_passes(client: Client) -> None:
    assert client.get("/healthz?" + "x" * MAX_QUERY_BYTES).status_code == 200


def test_a_longer_query_is_refused_with_414_in_json(client: Client) -> None:
    answer = client.get("/healthz?" + "x" * (MAX_QUERY_BYTES + 1))

    assert answer.status_code == 414
    assert json.loads(answer.content) == {"status": "error", "message": "The query is longer than 65536 bytes."}


@pytest.mark.django_db
def test_a_page_is_compressed_for_browsers_that_accept_it(client: Client) -> None:
    plain = client.get("/login/")
    zipped = client.get("/login/", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert b"<h1" in gzip.decompress(zipped.content)


@pytest.mark.parametrize("kind", ["image/png", "text/csv"])
def test_what_is_no_page_goes_out_as_it_is(kind: str) -> None:
    asked = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    file = HttpResponse(b"x" * 9000, content_type=kind)

    answer = CompressionMiddleware(lambda request: file).process_response(asked, file)

    assert "Content-Encoding" not in answer.headers
