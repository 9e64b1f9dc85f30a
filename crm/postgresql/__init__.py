"""What of PostgreSQL is done in another way than Django's. Nothing here is needed with SQLite, nor is psycopg."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def set_up(*, connection: BaseDatabaseWrapper, **_options: Any) -> None:
    """A receiver of `connection_created`."""
    if connection.vendor == "postgresql":
        from crm.postgresql.kept_statements import KeptStatements
        from crm.postgresql.moments import moments

        connection.connection.adapters.register_loader("timestamptz", moments())
        vars(connection)["kept_statements"] = KeptStatements(connection.connection)
