"""A lead by bare statements through the same server: client looked up, client, deal and comment inserted, in one
transaction, answered in JSON. No authentication, no history, no search, no retry keys: what is left is what a database
and a server cost at the least.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import psycopg

URL = os.environ["DATABASE_URL"]
IS_POSTGRESQL = URL.startswith("postgres")
MARK = "%s" if IS_POSTGRESQL else "?"
KEPT = threading.local()

NUMBERS = (
    "SELECT nextval('crm_number') FROM generate_series(1, 3)"
    if IS_POSTGRESQL
    else "INSERT INTO crm_number (id, value) VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET value = value + 3"
    " RETURNING value - 2"
)
KNOWN = f"SELECT client_id FROM crm_contact WHERE kind = 'phone' AND normalised = {MARK} LIMIT 1"  # noqa: S608


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    asked = {name: texts[0] for name, texts in parse_qs(environ["QUERY_STRING"]).items()}
    if not asked:  # somebody looks whether it answers
        start_response("204 No Content", [])
        return []
    body = orjson.dumps({"status": "ok", "order_id": str(take_lead(asked))})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def take_lead(asked: dict[str, str]) -> int:
    connection = connect()
    now: Any = datetime.now(UTC)
    if not IS_POSTGRESQL:
        now = now.strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute("BEGIN IMMEDIATE")
    try:
        number = write(connection, asked, now)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return number


def write(connection: Any, asked: dict[str, str], now: Any) -> int:
    if IS_POSTGRESQL:
        connection.execute("BEGIN")
    first = connection.execute(NUMBERS).fetchone()[0]
    known = connection.execute(KNOWN, [asked["phone"]]).fetchone()
    client = known[0] if known else first
    if known is None:
        insert(connection, "crm_client", id=client, name=asked["name"], company="", notes="", created_at=now,
               changed_at=now, version=1, search_text=asked["name"].casefold())  # fmt: skip
        insert(connection, "crm_contact", client_id=client, kind="phone", entered=asked["phone"],
               normalised=asked["phone"], position=0)  # fmt: skip
    insert(connection, "crm_deal", id=first + 1, title=asked["title"], client_id=client, status_id=1, visit="",
           created_at=now, changed_at=now, lost_reason="", extra="{}", has_source=False, order_json="{}",
           order_scheme=0, search_text=asked["title"].casefold())  # fmt: skip
    insert(connection, "crm_message", id=first + 2, deal_id=first + 1, title="", text=asked["text"], created_at=now)
    return int(first) + 1


def insert(connection: Any, table: str, **columns: Any) -> None:
    marks = ", ".join([MARK] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  (names of our own)
    connection.execute(statement, list(columns.values()))


def connect() -> Any:
    """The thread's own connection, with what the product sets on its own."""
    if not hasattr(KEPT, "connection"):
        if IS_POSTGRESQL:
            KEPT.connection = psycopg.connect(URL, autocommit=True)
        else:
            KEPT.connection = sqlite3.connect(urlsplit(URL).path, timeout=30, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-8000"):
                KEPT.connection.execute(f"PRAGMA {pragma}")
    return KEPT.connection
