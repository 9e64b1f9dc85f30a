import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.services.locking import lock


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        lock("x")


@pytest.mark.django_db
def test_locks_are_taken_in_one_order_whoever_asks() -> None:
    taken = []
    for names in (("a", "b", "c"), ("c", "a", "b", "a")):
        with CaptureQueriesContext(connection) as captured:
            lock(*names)
        taken.append([query["sql"] for query in captured])
    assert taken[0] == taken[1]
    assert len(taken[0]) == (1 if connection.vendor == "postgresql" else 0)
