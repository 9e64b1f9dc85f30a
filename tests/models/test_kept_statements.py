"""Statements that the database keeps parsed: they say what an ordinary cursor says, and fail as it fails."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connections, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.models import Contact
from crm.models.prepared import run_kept
from tests.factories import make_client

LARGEST = 2**63 - 1
ADD_CONTACT = (
    "INSERT INTO crm_contact (client_id, kind, entered, normalised, position) VALUES (%s, 'email', %s, %s, 0)"
)

on_postgresql = pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="what only PostgreSQL does")
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def ours() -> Any:
    return connections["default"]


def ordinary(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with ours().cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


class AsAnOrdinaryCursor(TestCase):
    @given(text=st.one_of(st.none(), texts), number=st.one_of(st.none(), st.integers(-LARGEST, LARGEST)))
    def test_values_of_all_kinds_come_back(self, text: str | None, number: int | None) -> None:
        sql = "SELECT CAST(%s AS text), CAST(%s AS bigint), '100 %%', NULL"

        found = run_kept(ours(), sql, [text, number])

        assert found == [(text, number, "100 %", None)] == ordinary(sql, [text, number])


@pytest.mark.django_db
def test_a_statement_that_returns_nothing_gives_no_rows() -> None:
    client = make_client()

    assert run_kept(ours(), ADD_CONTACT, [client.pk, "a@mail.ru", "a@mail.ru"]) == []
    assert run_kept(ours(), "SELECT entered FROM crm_contact WHERE client_id = %s", [client.pk]) == [("a@mail.ru",)]
    assert run_kept(ours(), "SELECT entered FROM crm_contact WHERE client_id = %s", [client.pk + 1]) == []


@pytest.mark.django_db
def test_a_failure_is_djangos_and_the_transaction_is_over_until_it_is_rolled_back() -> None:
    client = make_client(email="a@mail.ru")

    @transaction.atomic
    def add(*emails: str) -> None:
        for email in emails:
            run_kept(ours(), ADD_CONTACT, [client.pk, email, email])

    for _ in range(5):  # whether the server keeps it by then or not
        with pytest.raises(IntegrityError):
            add("b@mail.ru", "a@mail.ru")

    assert Contact.objects.filter(client=client).count() == 1
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            run_kept(ours(), "SELECT 1", [])


@pytest.mark.django_db
def test_what_the_database_does_not_understand_is_told_in_djangos_errors() -> None:
    for _ in range(4):
        with pytest.raises((ProgrammingError, OperationalError), match="nowhere"), transaction.atomic():
            run_kept(ours(), "SELECT nonsense FROM nowhere WHERE %s = 1", [1])


@on_postgresql
@pytest.mark.django_db
def test_a_value_that_no_text_can_hold_is_refused_before_it_is_sent() -> None:
    for _ in range(4):
        with pytest.raises(DataError, match="NUL"):
            run_kept(ours(), "SELECT CAST(%s AS text)", ["a\0b"])
        assert run_kept(ours(), "SELECT CAST(%s AS text)", ["ab"]) == [("ab",)]


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_transaction_begins_it() -> None:
    client = make_client()

    with transaction.atomic():
        run_kept(ours(), ADD_CONTACT, [client.pk, "a@mail.ru", "a@mail.ru"])
        transaction.set_rollback(True)

    assert not Contact.objects.filter(client=client).exists()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_as_isolated_as_the_connection_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from psycopg import IsolationLevel

    ours().ensure_connection()
    with monkeypatch.context() as patched:
        patched.setattr(ours().connection, "isolation_level", IsolationLevel.REPEATABLE_READ)
        with transaction.atomic():
            assert run_kept(ours(), "SHOW transaction_isolation", []) == [("repeatable read",)]
    with transaction.atomic():
        assert run_kept(ours(), "SHOW transaction_isolation", []) == [("read committed",)]


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(("threshold", "kept"), [(2, 1), (None, 0), (1_000_000_000, 0)])
def test_a_statement_is_kept_when_it_has_come_often_enough(threshold: int | None, kept: int) -> None:
    import psycopg

    from crm.postgresql.kept_statements import KeptStatements

    with psycopg.connect(**ours().get_connection_params() | {"cursor_factory": None}) as another:
        another.prepare_threshold = threshold
        statements = KeptStatements(another)
        for number in range(4):
            assert statements.run("SELECT CAST(%s AS text)", [f"{number}"]) == [(f"{number}",)]
            assert another.execute("SELECT 1").fetchone() == (1,)
        assert len(another.execute("SELECT name FROM pg_prepared_statements").fetchall()) == kept


@pytest.mark.django_db
def test_whoever_looks_at_the_statements_sees_these_too() -> None:
    seen = []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with ours().execute_wrapper(look):
        assert run_kept(ours(), "SELECT 1", []) == [(1,)]

    assert seen == ["SELECT 1"]


@on_postgresql
@pytest.mark.django_db
def test_moments_come_back_in_utc() -> None:
    at = datetime(2026, 7, 1, 3, tzinfo=UTC)
    make_client(created_at=at)

    assert run_kept(ours(), "SELECT created_at FROM crm_client", []) == [(at,)]
