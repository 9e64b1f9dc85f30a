"""The yardstick: what the same work costs the database's own driver, with orjson, without Django and without the web.

The reading side does all that an order needs, from rows, as one would write it by hand who knows the tables.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson
import psycopg

from tests.bench.databases import Database

COLUMNS = "id, title, created_at, status_id, price, cost, visit, client_id, manager_id"
DEALS = f"SELECT {COLUMNS} FROM crm_deal WHERE id {{among}} ORDER BY id"  # noqa: S608  (of our own constants)
VALUES = """SELECT v.deal_id, v.field_id, v.text FROM crm_fieldvalue v JOIN crm_customfield f ON f.id = v.field_id
WHERE v.deal_id {among} ORDER BY v.deal_id, f.position, f.id"""


def page_reader(database: Database) -> Callable[[Sequence[int]], bytes]:
    """Reads the deals with these numbers as a page of orders in JSON."""
    if database.kind == "postgresql":
        connection = psycopg.connect(database.url, autocommit=True)

        def of_postgresql(ids: Sequence[int]) -> bytes:
            deals = connection.execute(DEALS.format(among="= ANY(%s)"), [list(ids)]).fetchall()
            return page(deals, connection.execute(VALUES.format(among="= ANY(%s)"), [list(ids)]).fetchall())

        return of_postgresql
    file = sqlite3.connect(database.path)

    def of_sqlite(ids: Sequence[int]) -> bytes:
        among = f"IN ({','.join('?' * len(ids))})"
        deals = file.execute(DEALS.format(among=among), list(ids)).fetchall()
        return page(deals, file.execute(VALUES.format(among=among), list(ids)).fetchall())

    return of_sqlite


def page(deals: Sequence[Sequence[Any]], values: Sequence[Sequence[Any]]) -> bytes:
    fields = defaultdict(list)
    for deal, field, text in values:
        fields[deal].append({str(field): text})
    orders = []
    for pk, title, created_at, status, price, cost, visit, client, manager in deals:
        order: dict[str, Any] = {
            "id": str(pk),
            "name": title,
            "date_create": str(int(moment(created_at).timestamp())),
            "status": str(status),
        }
        if price is not None:
            order["price"] = f"{Decimal(price):.3f}".removesuffix("0")
        if cost is not None:
            order["cost"] = {"value": float(cost), "currency": "RUB"}
        if visit:
            order["visit"] = visit
        if client is not None:
            order["client_id"] = str(client)
        if manager is not None:
            order["manager_id"] = str(manager)
        if pk in fields:
            order["fields"] = fields[pk]
        orders.append(order)
    return orjson.dumps({"orders": orders})


def moment(value: Any) -> datetime:
    """SQLite keeps moments as text, in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)


def all_ids(database: Database) -> list[int]:
    statement = "SELECT id FROM crm_deal ORDER BY id"
    if database.kind == "postgresql":
        with psycopg.connect(database.url) as connection:
            return [number for (number,) in connection.execute(statement)]
    return [number for (number,) in sqlite3.connect(database.path).execute(statement)]


def read(database: Database, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """The rows of one statement; "?" stands for a parameter."""
    if database.kind == "postgresql":
        with psycopg.connect(database.url) as connection:
            return connection.execute(statement.replace("?", "%s") if parameters else statement, parameters).fetchall()
    return sqlite3.connect(database.path).execute(statement, parameters).fetchall()


def last_number(database: Database) -> int:
    """The highest that a record has."""
    tables = ("crm_deal", "crm_client", "crm_message", "crm_task", "crm_call")
    return max(read(database, f"SELECT max(id) FROM {table}")[0][0] or 0 for table in tables)  # noqa: S608


def some_of(database: Database) -> dict[str, Any]:
    """The number of a deal in the midst of all, its client's, one of his phones, and a visit that few deals have."""
    [[middle]] = read(database, "SELECT max(id) / 2 FROM crm_deal")
    [[deal, client, phone]] = read(
        database,
        "SELECT d.id, d.client_id, c.entered FROM crm_deal d JOIN crm_contact c ON c.client_id = d.client_id"
        " WHERE d.id >= ? AND c.kind = 'phone' ORDER BY d.id LIMIT 1",
        [middle],
    )
    [[visit]] = read(
        database,  # a number: the others are names of campaigns, which thousands have
        "SELECT visit FROM crm_deal WHERE id >= ? AND length(visit) >= 6 AND visit BETWEEN '1' AND '9'"
        " ORDER BY id LIMIT 1",
        [middle],
    )
    return {"deal": deal, "client": client, "phone": quote(phone), "visit": quote(visit)}


def runner(database: Database) -> Callable[[str], object]:
    """Carries out a statement as it stands, and takes all its rows."""
    if database.kind == "postgresql":
        connection = psycopg.connect(database.url, autocommit=True)
        return lambda statement: connection.execute(statement).fetchall()
    file = sqlite3.connect(database.path)
    return lambda statement: file.execute(statement).fetchall()
