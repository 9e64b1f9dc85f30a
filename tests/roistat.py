"""An analytics service that behaves as section R of PROTOCOL.md says, and keeps its own copy of the shop.

It asks first without `limit`, then walks by `offset`; afterwards it pulls what changed since its last pull. It does
not
know whether a request was carried out when its connection was cut or the CRM did not answer: it asks the same again.
"""

import random
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import httpx

LIMIT = 100
PATIENCE = 60
ROWS = {"export": "orders", "export_clients": "clients"}


@dataclass
class Roistat:
    """`chance` decides which of its connections are cut before the answer comes."""

    base_url: str
    login: str
    secret: str
    chance: random.Random
    cut_share: float = 0.1
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    clients: dict[str, dict[str, Any]] = field(default_factory=dict)
    pulled_at: dict[str, int] = field(default_factory=dict)
    # How often it had to ask again, and how many pages a pull had at most: a run without either proves little.
    asked_again: int = 0
    most_pages: int = 0

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, auth=(self.login, self.secret), timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.http.close()

    # --- Asking ------------------------------------------------------------------------------------------------------

    def ask(self, action: str, **parameters: object) -> dict[str, Any]:
        """The answer to a request, asked again and again until there is one; an error of the CRM is a failure."""
        query = urlencode({"action": action, **parameters})
        if self.chance.random() < self.cut_share:
            self.ask_and_hang_up(query)
            self.asked_again += 1
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                response = self.http.get(f"/analytics?{query}")
                if response.status_code == 200:
                    break
            except httpx.TransportError:
                pass
            self.asked_again += 1
            assert time.monotonic() < deadline, f"no answer to {action} within {PATIENCE} s"
            time.sleep(0.05)
        answer: dict[str, Any] = response.json()
        assert answer.get("status") != "error", answer
        return answer

    def ask_and_hang_up(self, query: str) -> None:
        """Send a request and cut the connection: before the CRM could answer, or while it does."""
        url = httpx.URL(self.base_url)
        request = self.http.build_request("GET", f"/analytics?{query}")
        authorization = next(self.http.auth.auth_flow(request)).headers["Authorization"] if self.http.auth else ""
        head = (
            f"GET /analytics?{query} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nAuthorization: {authorization}\r\n\r\n"
        )
        try:
            with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
                connection.sendall(head.encode())
                time.sleep(self.chance.choice([0, 0.002, 0.02]))
        except OSError:
            pass  # the worker it talked to has just died: as good as a cut connection

    # --- Pulling -----------------------------------------------------------------------------------------------------

    def pull(self, action: str) -> None:
        """Bring the copy up to date: all rows the first time, then those that changed since the last pull began."""
        began = int(time.time())
        since = {"date": self.pulled_at[action]} if action in self.pulled_at else {}
        copy = self.orders if action == "export" else self.clients
        for row in self.walk(action, **since):
            copy[row["id"]] = row
        self.pulled_at[action] = began

    def walk(self, action: str, **since: object) -> Iterator[dict[str, Any]]:
        """Each row once, as Roistat walks: `total_count` must stay what it was, and no row may come twice."""
        total = self.ask(action, **since)["pagination"]["total_count"]
        seen: set[str] = set()
        offsets = range(0, int(total), LIMIT)
        self.most_pages = max(self.most_pages, len(offsets))
        for offset in offsets:
            answer = self.ask(action, offset=offset, limit=LIMIT, **since)
            if offset == 0:
                total = answer["pagination"]["total_count"]  # this request began the walk anew
            assert answer["pagination"] == {"total_count": total, "limit": str(LIMIT)}
            for row in answer[ROWS[action]]:
                assert row["id"] not in seen, f"{row['id']} came twice"
                seen.add(row["id"])
                yield row

    # --- Pushing -----------------------------------------------------------------------------------------------------

    def push(self, serial: int) -> dict[str, list[str]]:
        """A visitor's doings: a lead, then a comment, a task or a call, by chance. The ids answered, by their
        names.
        """
        ids: dict[str, list[str]] = {"order": [], "message": [], "task": [], "call": []}
        phone = f"8923{self.chance.randrange(10**7):07}" if serial % 3 else "88007000000"
        lead: dict[str, object] = {"title": f"Заявка {serial}", "name": "Анна", "phone": phone, "visit": serial}
        lead["data"] = '{"source": "yandex", "unknown": "ключ"}'
        if serial % 2:
            lead["id"] = f"lead-{serial}"
        order = self.ask("lead", **lead)["order_id"]
        ids["order"].append(order)
        if self.chance.random() < 0.5:
            comment = {"leadId": order, "title": "Чат", "message": f"Сообщение {serial}"}
            ids["message"].append(self.ask("message", **comment)["message_id"])
        if self.chance.random() < 0.3:
            task = {"element_id": order, "text": f"Задача {serial}", "deadline": "2030-01-01T11:11:11"}
            ids["task"].append(self.ask("task", **task)["task_id"])
        if self.chance.random() < 0.5:
            ids["call"].append(self.call(serial, phone, order))
        return ids

    def call(self, serial: int, phone: str, order: str) -> str:
        """A call, reported when it starts and again when it ends."""
        call: dict[str, object] = {"id": f"call-{serial}", "caller": phone, "callee": "84951234567"}
        began = self.ask("call", **call, date="2026-07-01T12:00:00")["call_id"]
        ended = self.ask("call", **call, status="ANSWER", duration=serial % 600, order_id=order)["call_id"]
        assert began == ended
        return str(ended)
