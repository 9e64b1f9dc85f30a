"""Services within services."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Batch
from crm.services.atomic import atomic

pytestmark = pytest.mark.django_db


@atomic
def inner(*, fails: bool) -> None:
    Batch.objects.create(kind="inner")
    if fails:
        raise ArithmeticError


@atomic
def outer(*, fails: bool) -> None:
    Batch.objects.create(kind="outer")
    inner(fails=fails)


def test_what_a_service_does_by_others_is_kept_or_undone_as_one() -> None:
    with pytest.raises(ArithmeticError):
        outer(fails=True)
    assert Batch.objects.count() == 0

    outer(fails=False)

    assert Batch.objects.count() == 2


def test_only_the_outermost_asks_for_a_transaction_even_after_one_that_failed() -> None:
    with pytest.raises(ArithmeticError):
        outer(fails=True)
    with CaptureQueriesContext(connection) as asked:
        outer(fails=False)

    assert [one["sql"].split()[0] for one in asked.captured_queries] == ["SAVEPOINT", "INSERT", "INSERT", "RELEASE"]
