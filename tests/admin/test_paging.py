"""Lists of a million rows: what is counted, what is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from crm.admin.paging import BoundedPaginator
from crm.models import Deal
from tests.factories import make_deal


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "bound", 4)
    monkeypatch.setattr("crm.admin.base.RecordAdmin.list_per_page", 2)


@pytest.mark.django_db
def test_what_fits_a_page_is_counted_by_reading_it(django_assert_num_queries: Callable[..., Any]) -> None:
    deals = [make_deal(), make_deal()]
    paginator = BoundedPaginator(Deal.objects.order_by("pk"), 2)

    with django_assert_num_queries(1):
        assert (paginator.count, paginator.page(1).object_list) == (2, deals)


@pytest.mark.django_db
def test_a_longer_list_is_counted_as_far_as_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        make_deal()
    monkeypatch.setattr(BoundedPaginator, "bound", 4)
    paginator = BoundedPaginator(Deal.objects.order_by("pk"), 2)

    assert (paginator.count, paginator.is_bounded, paginator.num_pages) == (4, True, 2)


def test_a_list_within_the_bound_says_how_long_it_is(office: Browser, small_pages: None) -> None:
    for _ in range(3):
        make_deal()

    assert "3 rows" in office.get("/admin/crm/deal/").content.decode()


def test_a_list_beyond_the_bound_says_so(office: Browser, small_pages: None) -> None:
    for _ in range(5):
        make_deal()

    assert "more than 4: search or filter" in office.get("/admin/crm/deal/").content.decode()


def test_the_second_page_goes_on_behind_the_first(office: Browser, small_pages: None) -> None:
    deals = [make_deal() for _ in range(4)]

    pages = [list(office.get(f"/admin/crm/deal/?p={page}").context["cl"].result_list) for page in (1, 2)]

    assert pages == [[deals[3], deals[2]], [deals[1], deals[0]]]


def test_nothing_selects_all_pages_at_once(office: Browser, small_pages: None) -> None:
    for _ in range(3):
        make_deal()

    assert 'class="question' not in office.get("/admin/crm/deal/").content.decode()
