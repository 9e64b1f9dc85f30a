"""The indexes by which parts of texts are found, on either database."""

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from crm.models import Client, Contact, Deal
from crm.models.deal import DealQuerySet, deals_meant_by
from crm.models.text_index import (
    COMMON,
    CONTACT_TEXT,
    DEAL_TEXT,
    keep_text_indexes,
    without_text_indexes,
)
from crm.services.deals import change_deal
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="what only SQLite does")

WORDS = st.text(alphabet='аб"*%_\\ -:^()', min_size=1, max_size=6).map(str.strip).filter(bool)


def found(text: str) -> list[str]:
    return [deal.title for deal in Deal.objects.matching(text).order_by("pk")]


@given(words=st.lists(WORDS, min_size=1, max_size=3), text=st.text(alphabet='аб"*%_\\ -:^()', max_size=20))
def test_the_index_finds_what_reading_the_texts_finds(words: list[str], text: str) -> None:
    deal = make_deal(text or "-")
    text = deal.search_text

    by_index = Deal.objects.filter(DEAL_TEXT.rows_with(words), pk=deal.pk).exists()

    assert by_index == all(word in text for word in words)


def test_a_changed_text_is_found_and_the_old_one_is_not() -> None:
    deal = make_deal("Окрашивание")
    change_deal(deal=deal, by=make_user(), title="Стрижка")

    assert (found("окрашив"), found("стриж")) == ([], ["Стрижка"])


def test_what_is_written_past_the_models_is_found_too() -> None:
    deal = make_deal("Окрашивание")
    Deal.objects.filter(pk=deal.pk).update(search_text="завивка")
    assert (found("окрашивание"), found("завивка")) == ([], ["Окрашивание"])

    Client.objects.bulk_create([Client(name="Фролова Наталья")])
    assert Client.objects.matching("фролова").count() == 1


def test_what_is_deleted_is_found_no_more() -> None:
    client = make_client("Анна", phone="+7 923 410-29-94")
    assert Contact.objects.matching("4102994").exists()
    client.contacts.all().delete()
    assert not Contact.objects.filter(CONTACT_TEXT.rows_with(["4102994"])).exists()


@on_sqlite
def test_a_table_that_was_laid_anew_is_indexed_again() -> None:
    make_deal("Окрашивание")
    with connection.cursor() as cursor:
        for end in ("added", "deleted", "changed"):
            cursor.execute(f"DROP TRIGGER crm_deal_by_text_{end}")
    make_deal("Окрашивание бровей")
    assert found("окрашивание") == ["Окрашивание"]

    keep_text_indexes(connection)
    make_deal("Окрашивание ресниц")

    assert found("окрашивание") == ["Окрашивание", "Окрашивание бровей", "Окрашивание ресниц"]


@pytest.mark.django_db(transaction=True)
def test_rows_that_were_loaded_without_the_indexes_are_found_behind_them() -> None:
    with without_text_indexes(connection), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'crm_deal_by_text'")
        else:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'crm_deal_by_text_added'")
        assert cursor.fetchall() == []
        make_deal("Окрашивание")
        make_deal("Завивка")

    assert found("окрашивание") == ["Окрашивание"]


@on_sqlite
def test_a_common_word_is_looked_for_by_walking_the_newest_and_a_rare_one_by_the_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        make_deal("Стрижка")
    monkeypatch.setattr("crm.models.text_index.COMMON", 2)

    make_deal("Завивка")
    words = ["стрижка", "завивка"]
    by_word = {word: [Deal.objects.filter(one) for one in DEAL_TEXT.newest_with([word], 1)] for word in words}

    assert COMMON > 2
    assert {word: [one.count() for one in both] for word, both in by_word.items()} == {
        "стрижка": [3, 0],
        "завивка": [0, 1],
    }
    assert all("by_text" in indexed.explain() for _walked, indexed in by_word.values())


@on_sqlite
def test_a_word_that_not_many_more_have_than_are_wanted_is_looked_for_by_the_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        make_deal("Стрижка")
    monkeypatch.setattr("crm.models.text_index.COMMON", 1)

    found = {
        wanted: [Deal.objects.filter(one).count() for one in DEAL_TEXT.newest_with(["стрижка"], wanted)]
        for wanted in (1, 2)
    }

    assert found == {1: [3, 0], 2: [0, 3]}  # walked, by the index


def test_the_newest_that_meet_any_condition_are_found_once_and_in_order() -> None:
    client = make_client("Стрижкова")
    deals = [make_deal("Стрижка", client=client), make_deal("Завивка", client=client), make_deal("Стрижка")]
    make_deal("Завивка")
    numbers = [deal.pk for deal in deals]

    def newest(deals: DealQuerySet, limit: int, conditions: list[Q]) -> list[int]:
        return list(deals.newest_meeting_any(conditions, limit))

    meant = deals_meant_by("стриж")
    assert newest(Deal.objects.all(), 9, meant) == numbers[::-1]
    assert newest(Deal.objects.all(), 2, meant) == numbers[:0:-1]
    assert newest(Deal.objects.filter(pk__in=numbers[:2]), 2, meant) == numbers[1::-1]
    assert newest(Deal.objects.all(), 2, [Q(pk__in=numbers)]) == numbers[:0:-1]


def test_a_number_means_whom_its_client_was_merged_into_at_whatever_remove() -> None:
    last = make_client("Последняя")
    first = last
    for name in ("Четвёртая", "Третья", "Вторая", "Первая"):
        first = make_client(name, merged_into=first)

    assert list(Client.objects.present().matching(f"#{first.pk}")) == [last]
