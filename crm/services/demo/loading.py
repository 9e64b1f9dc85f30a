"""Loading rows in bulk: COPY on PostgreSQL, executemany on SQLite."""

from typing import Any

from django.db import connection
from django.db.models import Model

from crm.services.demo.rows import COLUMNS


def load(model: type[Model], rows: list[tuple[Any, ...]]) -> None:
    """Insert rows whose values are in the order of COLUMNS, in the caller's transaction."""
    quote = connection.ops.quote_name
    fields = {field.name: field for field in model._meta.concrete_fields}
    columns = [quote(fields[name].get_attname_column()[1]) for name in COLUMNS[model]]
    target = f"{quote(model._meta.db_table)} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {target} VALUES ({places})", rows)  # noqa: S608  (names of our own)


def analyze() -> None:
    """Let the database count anew what its planner goes by; its own habit would be hours late."""
    with connection.cursor() as cursor:
        for model in COLUMNS:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
