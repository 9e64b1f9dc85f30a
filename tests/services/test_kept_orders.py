"""Orders kept under another scheme are written anew in the background, and nothing is exported again for it."""

import pytest
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import CustomField, Deal
from crm.services import kept_orders, pieces
from crm.services.kept_orders import renew_orders
from crm.services.orders import Scheme
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_orders, "checked", set())
    monkeypatch.setattr(pieces, "BREATH", 0)


def rearranged_deals(count: int) -> list[Deal]:
    """Deals whose kept orders have the fields as they stood before."""
    first, second = CustomField.objects.order_by("position")[:2]
    deals = [make_deal(values={first: "a", second: "b"}) for _ in range(count)]
    CustomField.objects.filter(pk=first.pk).update(position=99)
    return deals


@pytest.mark.parametrize("seconds", [2.0, -1.0], ids=["at once", "handed on"])
def test_stale_orders_are_written_anew(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(kept_orders, "ROWS", 2)
    monkeypatch.setattr(pieces, "SECONDS_A_JOB", seconds)
    before = {deal.pk: deal.changed_at for deal in rearranged_deals(5)}

    renew_orders()

    assert {deal.pk: deal.changed_at for deal in Deal.objects.all()} == before
    assert set(Deal.objects.values_list("order_scheme", flat=True)) == {Scheme.current().number}
    assert all('"fields":[{"2":"b"},{"1":"a"}]' in deal.order_json for deal in Deal.objects.all())


def test_when_all_are_fresh_the_deals_are_not_read_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_deal()
    renew_orders()

    with django_assert_num_queries(1):  # the order of the fields
        renew_orders()


def test_it_is_not_begun_twice(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    rearranged_deals(1)

    renew_orders()
    renew_orders()

    assert DBTaskResult.objects.count() == 1
