"""A client that costs next to nothing itself: one kept connection, nothing decoded."""

import base64
import gzip
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import orjson

from tests.bench.databases import LOGIN, PASSWORD, PERSON, SECRET

GZIP = b"\x1f\x8b"


class Caller:
    """Asks one server, by one connection."""

    def __init__(self, base_url: str, **headers: str) -> None:
        self.connection = HTTPConnection(urlsplit(base_url).netloc, timeout=600)
        self.headers = headers

    def get(self, path: str) -> bytes:
        """The body of a 200; RuntimeError for any other answer."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body


class Service(Caller):
    """An analytics service."""

    def __init__(self, base_url: str, *, login: str = LOGIN, secret: str = SECRET, **headers: str) -> None:
        basic = base64.b64encode(f"{login}:{secret}".encode()).decode()
        super().__init__(base_url, Authorization=f"Basic {basic}", **headers)

    def ask(self, action: str, **parameters: str | int) -> bytes:
        return self.get(f"/analytics?{urlencode({'action': action} | parameters)}")

    def write(self, action: str, **parameters: str | int) -> dict[str, str]:
        """The answer to a write; RuntimeError where it was refused."""
        answer: dict[str, str] = orjson.loads(self.ask(action, **parameters))
        if answer["status"] != "ok":
            raise RuntimeError(f"{action}: {answer}")
        return answer


class Desk(Caller):
    """A person's browser, logged in."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url, Accept_Language="ru")
        self.headers = {"Accept-Language": "ru", "Accept-Encoding": "gzip"}
        self._log_in()

    def page(self, path: str) -> bytes:
        """A page as the browser unpacks it."""
        body = self.get(path)
        return gzip.decompress(body) if body.startswith(GZIP) else body

    def _log_in(self) -> None:
        self.connection.request("GET", "/login/")
        answer = self.connection.getresponse()
        answer.read()
        token = cookies_of(answer.headers.get_all("Set-Cookie", []))["csrftoken"]
        form = urlencode({"username": PERSON, "password": PASSWORD, "csrfmiddlewaretoken": token})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}
        self.connection.request("POST", "/login/", form, headers)
        answer = self.connection.getresponse()
        answer.read()
        session = cookies_of(answer.headers.get_all("Set-Cookie", []))
        if "sessionid" not in session:
            raise RuntimeError(f"could not log in: {answer.status}")
        self.headers["Cookie"] = f"sessionid={session['sessionid']}; csrftoken={session.get('csrftoken', token)}"


def cookies_of(headers: list[str]) -> dict[str, str]:
    return {name: morsel.value for header in headers for name, morsel in SimpleCookie(header).items()}
