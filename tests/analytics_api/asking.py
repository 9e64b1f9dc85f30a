"""The analytics service, as the tests play it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from tests.factories import SECRET


@dataclass
class Service:
    """Asks /analytics with Basic authentication; `ask` gives the answer's JSON, `get` the response itself."""

    login: str = "roistat"
    secret: str = SECRET
    client: Client = field(default_factory=Client)

    @property
    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.login}:{self.secret}".encode()).decode()

    def get(
        self, query: str | bytes = "", *, method: str = "GET", path: str = "/analytics", **extra: Any
    ) -> HttpResponse:
        """`query` goes over the wire as it stands."""
        raw = query.encode() if isinstance(query, str) else query
        extra = {"HTTP_AUTHORIZATION": self.authorization} | extra
        response = self.client.generic(method, path, QUERY_STRING=raw.decode("latin-1"), **extra)
        return cast("HttpResponse", response)

    def ask(self, action: str, **parameters: object) -> dict[str, Any]:
        """The answer to an action, which must come with status 200."""
        return self.answer(urlencode({"action": action, **parameters}))

    def answer(self, query: str | bytes) -> dict[str, Any]:
        response = self.get(query)
        assert response.status_code == 200, response.content
        parsed: dict[str, Any] = json.loads(response.content)
        return parsed

    def refusal(self, action: str, **parameters: object) -> str:
        """The message of an action that must be refused."""
        answer = self.ask(action, **parameters)
        assert answer.keys() == {"status", "message"}
        assert answer["status"] == "error"
        return str(answer["message"])
