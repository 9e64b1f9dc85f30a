"""Rows inserted by statements that are put together once: the same rows as Django writes."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics_api.models import CallLog
from crm.models import Change, Client, Contact, Deal, Notification, Status
from crm.services.inserting import insert, insert_for_each, together
from crm.services.tasks import plan_task
from tests.factories import make_deal, make_integration, make_user

AT = datetime(2026, 11, 26, 12, 30, 15, 123456, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
values = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts, st.lists, max_leaves=4)
# Before 1916 the clocks of Moscow had seconds of their own.
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Moscow")])
moments = st.datetimes(datetime(1880, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001
sums = st.none() | st.decimals(0, 10**11, places=3)


def columns(row: Model) -> dict[str, Any]:
    """What the database holds of a row, but for its key."""
    read = type(row)._default_manager.get(pk=row.pk)
    return {one.attname: getattr(read, one.attname) for one in row._meta.concrete_fields if not one.primary_key}


class InsertedRows(TestCase):
    @given(title=texts, visit=texts, price=sums, cost=sums, at=moments, extra=st.dictionaries(texts, texts))
    def test_a_deal_is_inserted_as_django_saves_it(self, **given_columns: Any) -> None:
        at = given_columns.pop("at")
        given_columns |= {"status": Status.objects.first_open(), "created_at": at, "changed_at": at}
        inserted, saved = Deal(**given_columns), Deal(**given_columns)

        insert(inserted)
        saved.save()

        assert columns(inserted) == columns(saved)

    @given(field=texts, old=values, new=values, at=moments)
    def test_a_change_is_inserted_as_django_saves_it(self, **given_columns: Any) -> None:
        inserted, saved = (Change(number=1, via="web", verb="changed", **given_columns) for _ in range(2))

        insert(inserted)
        saved.save()

        assert columns(inserted) == columns(saved)


@pytest.mark.django_db
def test_rows_of_several_tables_know_their_keys_and_are_saved_ones() -> None:
    client = Client(pk=None, name="Анна")
    contacts = [Contact(kind="phone", entered=entered, normalised=entered) for entered in ("+71", "+72")]
    deals = [Deal(title=title, status=Status.objects.first_open(), order_json="{}") for title in ("а", "б")]
    insert(client)
    for one in contacts:
        one.client = client

    insert(*contacts, *deals, Change(number=client.pk, via="web", verb="created"))

    assert list(client.contacts.order_by("pk")) == contacts
    assert list(Deal.objects.order_by("pk")) == deals
    assert not any(one._state.adding for one in (client, *contacts, *deals))
    contacts[1].entered = "+73"
    contacts[1].save()
    assert [one.entered for one in client.contacts.order_by("pk")] == ["+71", "+73"]


@pytest.mark.django_db
def test_what_a_database_refuses_is_refused_and_none_of_the_rows_is_there() -> None:
    good, bad = (Change(number=1, via=via, verb="created") for via in ("web", "nowhere"))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(good, bad)

    assert not Change.objects.exists()


@pytest.mark.django_db
def test_postgresql_is_asked_once_and_sqlite_once_a_table() -> None:
    account = make_integration()
    rows = [Change(number=number, via="web", verb="created") for number in (1, 2)]
    call = CallLog(integration=account, action="lead", outcome="ok", duration_ms=1.5)

    with CaptureQueriesContext(connection) as queries:
        insert(*rows, call)

    assert len(queries.captured_queries) == (1 if connection.vendor == "postgresql" else 2)
    assert call == CallLog.objects.get()
    assert rows == list(Change.objects.order_by("pk"))


@pytest.mark.django_db
def test_more_rows_than_a_statement_takes_are_all_there() -> None:
    insert(*(Change(number=number, via="web", verb="created") for number in range(1, 4_001)))

    assert list(Change.objects.order_by("pk").values_list("number", flat=True)) == list(range(1, 4_001))


@pytest.mark.django_db(transaction=True)
def test_what_need_not_be_durable_leaves_the_next_writes_as_durable_as_they_were() -> None:
    level = "SHOW synchronous_commit" if connection.vendor == "postgresql" else "PRAGMA synchronous"
    with connection.cursor() as cursor:
        cursor.execute(level)
        before = cursor.fetchone()
        with CaptureQueriesContext(connection) as queries:
            insert(Change(number=1, via="web", verb="created"), durable=False)
        cursor.execute(level)
        assert cursor.fetchone() == before

    said = " ".join(one["sql"] for one in queries.captured_queries)
    assert ("'synchronous_commit', 'off', true" if connection.vendor == "postgresql" else "synchronous=NORMAL") in said
    assert Change.objects.get().number == 1


@pytest.mark.django_db
def test_nothing_is_asked_for_no_rows() -> None:
    with CaptureQueriesContext(connection) as queries:
        insert()

    assert not queries.captured_queries


@pytest.mark.django_db
def test_what_is_inserted_together_goes_by_one_statement_a_table_when_all_of_it_is_there() -> None:
    account = make_integration()
    rows = [Change(number=number, via="web", verb="created") for number in (1, 2)]
    call = CallLog(integration=account, action="lead", outcome="ok", duration_ms=1.5)
    deal = Deal(title="Стрижка", status=Status.objects.first_open())

    with CaptureQueriesContext(connection) as queries, together():
        insert(rows[0], deal)
        with together():  # a service within a service
            insert(call)
        insert(rows[1])
        assert not Change.objects.exists()
        assert deal.pk is not None

    written = [one["sql"] for one in queries.captured_queries if one["sql"].startswith(('INSERT INTO "', "WITH"))]
    assert len(written) == (1 if connection.vendor == "postgresql" else 3)
    assert (list(Change.objects.order_by("pk")), CallLog.objects.get(), Deal.objects.get()) == (rows, call, deal)


@pytest.mark.django_db
def test_of_what_fails_together_nothing_is_inserted_and_the_next_one_is() -> None:
    def write_and_fail() -> None:
        with together():
            insert(Change(number=1, via="web", verb="created"))
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        write_and_fail()
    insert(Change(number=2, via="web", verb="created"))

    assert Change.objects.get().number == 2


@pytest.mark.django_db
def test_a_copy_for_each_person_is_the_row_but_for_the_person() -> None:
    people, deal = [make_user() for _ in range(3)], make_deal()
    row = Notification(kind="lead", deal=deal, at=AT, in_crm=True, by_mail=False)
    Notification.objects.all().delete()

    with CaptureQueriesContext(connection) as queries:
        insert_for_each(row, "person", [one.pk for one in people])

    assert len(queries.captured_queries) == 1
    told = list(Notification.objects.order_by("pk"))
    assert [one.person for one in told] == people
    alone = Notification(person=people[0], kind="lead", deal=deal, at=AT, in_crm=True, by_mail=False)
    alone.save()
    assert columns(told[0]) == columns(alone)


@pytest.mark.django_db
def test_a_copy_that_is_there_is_left_out_only_where_that_is_said() -> None:
    person = make_user()
    task = plan_task(subject=make_deal(), text="Позвонить", due_at=AT, assignee=person, by=None)
    row = Notification(kind="due", task=task, due_at=AT, at=AT)
    Notification.objects.all().delete()

    for _ in range(2):
        insert_for_each(row, "person", [person.pk], ignoring_doubles=True)

    assert Notification.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_for_each(row, "person", [person.pk])
