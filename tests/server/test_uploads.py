"""Hostile uploads through the production server: refused before they cost anything, or given out as what is inert."""

import io
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.factories import PDF
from tests.server.production_server import ProductionServer

HTML = b"<!DOCTYPE html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIGABYTE = 2**30
MAKE_DEAL = (
    "from crm.models import Change; from crm.services.deals import create_deal;"
    " print(create_deal(title='Files', by=None, via=Change.Via.SYSTEM).pk)"
)


@pytest.fixture(scope="module")
def deal(server: ProductionServer) -> str:
    """The number of a deal that everybody sees."""
    return server.manage("shell", "--no-imports", "--command", MAKE_DEAL).strip()


@pytest.fixture(scope="module")
def marina(server: ProductionServer) -> Iterator[httpx.Client]:
    """A manager who is logged in; what she sends is not held up by the check of forms."""
    server.manage("add_user", "marina", "--role", "manager", "--password", "quite a long one")
    with httpx.Client(base_url=server.base_url, timeout=60) as web:
        web.get("/login/")
        web.headers["X-CSRFToken"] = web.cookies["csrftoken"]
        answer = web.post("/login/", data={"username": "marina", "password": "quite a long one"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        web.headers["X-CSRFToken"] = web.cookies["csrftoken"]
        yield web


@pytest.fixture
def media(server: ProductionServer) -> Path:
    return server.log_file.parent / "media"


def send(marina: httpx.Client, deal: str, name: str, content: bytes) -> httpx.Response:
    """The name goes out byte for byte, which no client library does."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    headers = {"HX-Request": "true", "Content-Type": "multipart/form-data; boundary=x"}
    return marina.post(f"/deals/{deal}/files/", content=head.encode() + content + b"\r\n--x--", headers=headers)


def kept(media: Path) -> list[bytes]:
    return [path.read_bytes() for path in media.rglob("*") if path.is_file()]


def head_of_upload(server: ProductionServer, marina: httpx.Client, deal: str, *more: str) -> bytes:
    """What stands before the body of an upload, for a body that no client library would send."""
    cookies = "; ".join(f"{name}={value}" for name, value in marina.cookies.items())
    lines = [
        f"POST /deals/{deal}/files/ HTTP/1.1",
        f"Host: localhost:{server.port}",
        f"Cookie: {cookies}",
        f"X-CSRFToken: {marina.headers['X-CSRFToken']}",
        "HX-Request: true",
        "Content-Type: multipart/form-data; boundary=x",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def status_of(connection: socket.socket) -> int:
    return int(connection.recv(64).split()[1])


def gif() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "GIF")
    return made.getvalue()


def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 50_000_000)
    return made.getvalue()


def test_a_gigabyte_is_refused_when_its_first_bytes_come(
    server: ProductionServer, marina: httpx.Client, deal: str, media: Path
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head_of_upload(server, marina, deal, f"Content-Length: {GIGABYTE}"))
        connection.sendall(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\naaaa')
        assert status_of(connection) == 413
    assert kept(media) == []


def test_a_body_of_no_told_length_is_not_read(
    server: ProductionServer, marina: httpx.Client, deal: str, media: Path
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"a" * 60_000
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head_of_upload(server, marina, deal, "Transfer-Encoding: chunked"))
        connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        assert status_of(connection) == 422
    assert kept(media) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", HTML),
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("page.txt", HTML),
        ("page.pdf", HTML + PDF),
        ("large.txt", b"a" * (25 * 2**20 + 1)),
    ],
)
def test_what_could_run_is_refused(marina: httpx.Client, deal: str, media: Path, name: str, content: bytes) -> None:
    answer = send(marina, deal, name, content)
    [wrong] = answer.json()["wrong"]
    assert (answer.status_code, name in wrong) == (422, True)
    assert kept(media) == []


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("both.gif", gif() + HTML, "both.gif"),
        ("both.pdf", PDF + HTML, "both.pdf"),
        ("bomb.zip", zip_bomb(), "bomb.zip"),
        ("../../../escape.txt", b"a", "escape.txt"),
        ("..\\..\\escape.txt", b"a", "escape.txt"),
        ("a\u202etxt.exe.txt", b"a", "atxt.exe.txt"),
        ("a\0.html\0.txt", b"a", "a.html.txt"),
        ("l" * 300 + ".txt", b"a", "l" * 146 + ".txt"),
    ],
)
def test_what_is_taken_is_given_out_as_nothing_that_runs(
    server: ProductionServer, marina: httpx.Client, deal: str, media: Path, name: str, content: bytes, seen: str
) -> None:
    page = send(marina, deal, name, content)
    number = max(int(found) for found in re.findall(r'href="/files/(\d+)/"', page.text))

    answer = marina.get(f"/files/{number}/")

    assert (page.status_code, answer.status_code, answer.content) == (200, 200, content)
    assert content in kept(media)
    assert [path.name for path in media.parent.rglob("*escape*")] == []
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{seen}"'
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert httpx.get(f"{server.base_url}/files/{number}/").status_code == 302
