"""The one number sequence (DESIGN.md, The data)."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from crm.models import Call, Client, Deal, Message
from crm.models.number import take_numbers
from tests.factories import make_call, make_client, make_deal, make_message, make_task

pytestmark = pytest.mark.django_db
HERE = connection.alias


def test_all_nouns_share_one_sequence() -> None:
    client = make_client()
    deal = make_deal()
    rows = [client, deal, make_message(deal), make_task(deal), make_call()]
    assert [row.pk - client.pk for row in rows] == [0, 1, 2, 3, 4]


def test_a_block_of_numbers_has_no_gap_and_is_taken_for_good() -> None:
    block = take_numbers(1000, using=HERE)
    assert block == list(range(block[0], block[0] + 1000))
    assert take_numbers(1, using=HERE) == [block[-1] + 1]


def test_a_row_is_numbered_when_it_is_saved_by_one_insert() -> None:
    client = Client(name="Анна")
    assert not client.pk
    with CaptureQueriesContext(connection) as captured:
        client.save()
    assert [query["sql"].split()[0] for query in captured][-1] == "INSERT"
    assert not any(query["sql"].startswith("UPDATE") for query in captured)
    assert Client.objects.get().pk == client.pk


def test_bulk_creation_takes_one_block_and_leaves_given_numbers_alone() -> None:
    with CaptureQueriesContext(connection) as captured:
        rows = Client.objects.bulk_create([Client(name="a"), Client(pk=10**12, name="b"), Client(name="c")])
    assert len([query for query in captured if "crm_number" in query["sql"]]) == 1
    assert rows[1].pk == 10**12
    assert rows[2].pk == rows[0].pk + 1
    assert Client.objects.count() == 3


def test_a_number_that_is_taken_cannot_be_given_again() -> None:
    deal = make_deal()
    with pytest.raises(IntegrityError):
        Deal(pk=deal.pk, title="x", status_id=1).save()


def test_numbers_are_the_primary_keys_that_django_expects() -> None:
    deal = make_deal()
    message = make_message(deal)
    assert Deal.objects.get(id=deal.id) == deal
    assert list(Message.objects.filter(deal__in=[deal.pk])) == [message]
    assert Call.objects.filter(pk=deal.pk).first() is None
