"""Many numbers as one parameter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Client, Deal
from crm.models.number import NEAR
from tests.factories import make_client, make_deal

pytestmark = pytest.mark.django_db


def test_among_finds_the_rows_with_these_numbers_alone() -> None:
    deals = [make_deal(f"{number}") for number in range(4)]

    found = Deal.objects.filter(pk__among=[deals[0].pk, deals[3].pk, 10**17])

    assert set(found) == {deals[0], deals[3]}


def test_among_nothing_is_nothing() -> None:
    make_deal()

    assert list(Deal.objects.filter(pk__among=[])) == []
    assert list(Deal.objects.covering([])) == []


def test_among_follows_a_key_to_another_table() -> None:
    clients = [make_client(f"{number}") for number in range(3)]
    deals = [make_deal(client=client) for client in clients]

    with CaptureQueriesContext(connection) as queries:
        found = list(Deal.objects.filter(client__pk__among=[clients[0].pk, clients[1].pk]).order_by("pk"))

    assert found == deals[:2]
    assert "JOIN" not in queries[0]["sql"]


def test_numbers_far_apart_are_read_without_what_lies_between() -> None:
    near, far = [1000, 1000 + 3], [1000, 1000 + 3 * NEAR]
    Client.objects.bulk_create(Client(pk=number) for number in {*near, *far, 1001})

    assert set(Client.objects.covering(near).values_list("pk", flat=True)) == {1000, 1001, 1003}
    assert set(Client.objects.covering(far).values_list("pk", flat=True)) == set(far)
