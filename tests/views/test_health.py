import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
def test_healthz_asks_the_database_nothing(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.cookies == {}


@pytest.mark.django_db
def test_readyz_is_content_when_every_migration_is_applied(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.cookies == {}


@pytest.mark.django_db
def test_readyz_says_that_a_migration_is_missing(client: Client) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="crm").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "error", "message": "Migrations are not applied: run manage.py migrate."}


def test_readyz_says_that_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(recorder: MigrationRecorder) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "error", "message": "The database does not answer."}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
