from decimal import Decimal

import pytest

from crm.models import Change, Status
from crm.services.conflicts import Conflict
from crm.services.deals import change_deal, move_deal
from crm.services.history import last_change
from tests.factories import make_deal, make_field, make_user

pytestmark = pytest.mark.django_db


def test_a_field_that_somebody_changed_since_is_not_overwritten() -> None:
    person = make_user()
    deal = make_deal(price=Decimal(100))
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=person, price=Decimal(200))

    with pytest.raises(Conflict) as conflict:
        change_deal(deal=deal, by=None, price=Decimal(300), title="Другое", seen=seen)

    assert (conflict.value.field, conflict.value.theirs) == ("price", "200")
    assert conflict.value.change == Change.objects.get(field="price")
    deal.refresh_from_db()
    assert (deal.price, deal.title) == (Decimal(200), "Окрашивание")


def test_two_fields_changed_at_once_do_not_meet() -> None:
    deal = make_deal(price=Decimal(100))
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=None, price=Decimal(200))

    assert change_deal(deal=deal, by=None, title="Другое", seen=seen).title == "Другое"


def test_the_same_value_from_both_is_no_conflict() -> None:
    deal = make_deal()
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=None, visit="437272")
    change_deal(deal=deal, by=None, visit="437272", seen=seen)

    assert Change.objects.filter(field="visit").count() == 1


def test_a_custom_field_is_guarded_like_any_other() -> None:
    deal, field = make_deal(), make_field()
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=None, values={field: "Невский"})

    with pytest.raises(Conflict):
        change_deal(deal=deal, by=None, values={field: "Лиговский"}, seen=seen)

    assert deal.field_values.get().text == "Невский"


def test_whoever_saw_the_last_change_may_write() -> None:
    deal = make_deal(price=Decimal(100))
    change_deal(deal=deal, by=None, price=Decimal(200))

    assert change_deal(deal=deal, by=None, price=Decimal(300), seen=last_change(deal.pk)).price == Decimal(300)


def test_a_deal_that_somebody_moved_since_is_not_moved_again() -> None:
    deal = make_deal()
    seen = last_change(deal.pk)
    move_deal(deal=deal, status=Status.objects.get(pk=2), by=None)

    with pytest.raises(Conflict):
        move_deal(deal=deal, status=Status.objects.get(pk=3), by=None, seen=seen)
    assert move_deal(deal=deal, status=Status.objects.get(pk=2), by=None, seen=seen).status_id == 2


def test_a_record_without_history_has_version_zero() -> None:
    assert last_change(404) == 0
