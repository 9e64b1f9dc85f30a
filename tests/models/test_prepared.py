"""Queries that are put together once: they answer as the querysets that they are made of."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Deal, Integration, User
from crm.models.prepared import prepared, prepared_for
from tests.factories import make_client, make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db


@prepared
def deals_of(title: str, least: int) -> QuerySet[Deal]:
    return Deal.objects.filter(title=title, pk__gte=least).select_related("client", "manager").order_by("pk")


@prepared
def account(login: str) -> QuerySet[Integration]:
    return Integration.objects.select_related("user").filter(user__login=login)


@prepared
def names() -> "QuerySet[User, tuple[int, str]]":
    return cast("QuerySet[User, tuple[int, str]]", User.objects.order_by("pk").values_list("pk", "full_name"))


@prepared
def logins() -> QuerySet[User]:
    return cast("QuerySet[User]", User.objects.only("login").annotate(shown=F("full_name")).order_by("pk"))


def columns(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_models_come_as_from_the_queryset_with_what_is_selected_beside_them() -> None:
    client, manager = make_client("Анна", phone="+79990000001"), make_user()
    full = make_deal(title="Стрижка", client=client, manager=manager, price=Decimal("1500.5"))
    bare = make_deal(title="Стрижка", client=None)
    make_deal(title="Укладка")

    asked = deals_of("Стрижка", 0)

    expected = Deal.objects.filter(pk__in=[full.pk, bare.pk]).order_by("pk")
    assert [columns(one) for one in asked] == [columns(one) for one in expected]
    with CaptureQueriesContext(connection) as queries:
        assert [(one.client, one.manager) for one in asked] == [(client, manager), (None, None)]
    assert not queries.captured_queries
    assert not asked[0]._state.adding


def test_each_time_it_is_asked_with_the_values_of_that_time() -> None:
    first, second = make_deal(title="Стрижка"), make_deal(title="Стрижка")
    other = make_deal(title="Укладка '; --")

    assert [deals_of("Стрижка", least) for least in (0, second.pk)] == [[first, second], [second]]
    assert deals_of("Укладка '; --", 0) == [other]
    assert deals_of("Маникюр", 0) == []


def test_rows_see_what_was_written_since_the_query_was_put_together() -> None:
    assert account("kassa") == []
    integration = make_integration("kassa", allowed_addresses=["10.0.0.0/8"])

    [found] = account("kassa")

    assert (found, found.user, found.allowed_addresses) == (integration, integration.user, ["10.0.0.0/8"])


def test_values_come_as_tuples_and_columns_that_were_left_out_are_read_when_asked_for() -> None:
    person = make_user(full_name="Ольга")

    assert names() == [(person.pk, "Ольга")]
    [found] = logins()
    assert (found.login, vars(found)["shown"], found.get_deferred_fields() >= {"email"}) == (
        person.login,
        "Ольга",
        True,
    )
    assert found.email == person.email


def test_arguments_come_by_position() -> None:
    with pytest.raises(TypeError, match="by position"):
        account(login="kassa")
    with pytest.raises(TypeError, match="by position"):
        seen_by(make_user(), least=0)


@prepared_for("sees_all")
def seen_by(person: User, least: int) -> QuerySet[Deal]:
    return Deal.objects.visible_to(person).filter(pk__gte=least).order_by("pk")


def test_a_query_for_a_person_is_his_own_and_follows_what_it_hangs_on() -> None:
    anna, boris = make_user(own_only=True), make_user(own_only=True)
    of_anna, of_boris = make_deal(manager=anna), make_deal(manager=boris)

    assert [seen_by(anna, 0), seen_by(boris, 0), seen_by(anna, of_boris.pk)] == [[of_anna], [of_boris], []]

    anna.own_only = False
    assert seen_by(anna, 0) == [of_anna, of_boris]


def test_queries_of_many_people_do_not_pile_up() -> None:
    with patch("crm.models.prepared.KEPT", 3):
        vars(connections["default"])["prepared"] = {}
        found = [seen_by(make_user(), 0) for _ in range(5)]

    assert found == [[]] * 5
    assert len(vars(connections["default"])["prepared"]) == 3


def test_what_is_asked_again_is_kept_parsed_and_the_text_of_no_other_statement_is_kept() -> None:
    for number in range(5):
        assert not Deal.objects.filter(title=f"Стрижка {number}", visit="длинная" * 1000).exists()
        assert deals_of(f"Стрижка {number}", 0) == []

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            kept = [statement for (statement,) in cursor.fetchall()]
        assert len([one for one in kept if '"title" = $2' in one]) == 1
        assert not [one for one in kept if "длинная" in one]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_since_the_last_request_is_made_anew_and_the_question_asked_again() -> None:
    deal = make_deal(title="Стрижка")
    assert deals_of("Стрижка", 0) == [deal]
    ours: Any = connections["default"]
    if connection.vendor == "postgresql":
        with psycopg.connect(**ours.get_connection_params() | {"cursor_factory": None}) as another:
            another.execute("SELECT pg_terminate_backend(%s)", [ours.connection.info.backend_pid])
    ours.health_check_enabled, ours.health_check_done = True, False

    assert deals_of("Стрижка", 0) == [deal]
    assert ours.health_check_done


@pytest.mark.django_db(transaction=True)
def test_a_question_that_fails_on_a_connection_that_stands_is_not_asked_again() -> None:
    assert deals_of("Стрижка", 0) == []
    ours: Any = connections["default"]
    ours.health_check_enabled, ours.health_check_done = True, False
    out_of_memory = OperationalError("out of memory")

    with (
        patch("crm.models.prepared.run_kept", side_effect=out_of_memory) as asked,
        pytest.raises(OperationalError, match="out of memory"),
    ):
        deals_of("Стрижка", 0)

    assert asked.call_count == 1


def test_moments_are_compared_as_columns_hold_them() -> None:
    now = timezone.now()
    deal = make_deal(created_at=now)

    assert [created_by(now), created_by(now - timedelta(microseconds=1))] == [[deal], []]


@prepared
def created_by(moment: datetime) -> QuerySet[Deal]:
    return Deal.objects.filter(created_at__lte=moment)
