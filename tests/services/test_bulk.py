"""One deed on many deals: each is changed as one alone would be, the rest is told, and all of it can be undone."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone

from crm.models import Batch, Bulk, Change, CustomField, Deal, FieldValue, Role, Status, StatusStay, Task, User
from crm.services import bulk as bulk_services
from crm.services import pieces
from crm.services.bulk import carry_on, do_some, forget_prepared, look_ahead, prepare_bulk, start_bulk, undo_bulk
from crm.services.deals import change_deal, move_deal, trash_deal
from crm.services.deeds import read_deed
from crm.services.many_deals import lock_deals
from crm.services.orders import Scheme, values_of, write_order
from crm.services.undoing import start_batch
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db

State = Bulk.State
IN_WORK, WON, LOST = 2, 3, 4
TO_WORK: dict[str, Any] = {"status": IN_WORK, "lost_reason": ""}
SOURCE = 2
MOMENTS = ("created_at", "changed_at", "closed_at", "trashed_at")


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Иванова Марина")


def prepared(deals: list[Deal], by: User, deed: str = "status", **parameters: Any) -> Bulk:
    return prepare_bulk(deed=deed, numbers=[deal.pk for deal in deals], by=by, parameters=parameters)


def done(deals: list[Deal], by: User, deed: str = "status", **parameters: Any) -> Bulk:
    start_bulk(bulk=prepared(deals, by, deed, **parameters))
    return Bulk.objects.latest("pk")


def statuses(deals: list[Deal]) -> list[int]:
    return list(
        Deal.objects.filter(pk__in=[deal.pk for deal in deals]).order_by("pk").values_list("status", flat=True)
    )


def order_is_fresh(deal: Deal) -> bool:
    kept = deal.order_json
    write_order(deal, values_of([deal])[deal.pk], scheme=Scheme.current())
    return deal.order_json == kept


def portrait(deal: Deal) -> dict[str, Any]:
    """All there is of a deal but its number and the moments, of which it says whether there are any."""
    deal = Deal.objects.get(pk=deal.pk)
    columns = {field.attname: getattr(deal, field.attname) for field in Deal._meta.concrete_fields}
    stays = StatusStay.objects.filter(deal=deal).annotate(ended=F("left_at")).values_list("status", "ended")
    changes = Change.objects.filter(number=deal.pk).exclude(verb="created").exclude(field__in=Change.BESIDE_A_MOVE)
    return (
        {name: value for name, value in columns.items() if name not in ("id", "order_json", *MOMENTS)}
        | {name: columns[name] is not None for name in MOMENTS}
        | {"changed": deal.changed_at > deal.created_at, "order_is_fresh": order_is_fresh(deal)}
        | {"values": list(FieldValue.objects.filter(deal=deal).values_list("field", "text", "key"))}
        | {"stays": [(status, ended is not None) for status, ended in stays]}
        | {"told": list(changes.values_list("verb", "field", "old", "new", "by", "via"))}
    )


ALIKE: dict[str, tuple[str, dict[str, Any], Callable[[Deal, User, Batch], object]]] = {
    "won": (
        "status",
        {"status": WON, "lost_reason": ""},
        lambda deal, by, batch: move_deal(deal=deal, status=Status.objects.get(pk=WON), by=by, batch=batch),
    ),
    "lost": (
        "status",
        {"status": LOST, "lost_reason": "Дорого"},
        lambda deal, by, batch: move_deal(
            deal=deal, status=Status.objects.get(pk=LOST), lost_reason="Дорого", by=by, batch=batch
        ),
    ),
    "trash": ("trash", {}, lambda deal, by, batch: trash_deal(deal=deal, by=by, batch=batch)),
    "price": (
        "field",
        {"name": "price", "text": "1500.5"},
        lambda deal, by, batch: change_deal(deal=deal, price=Decimal("1500.5"), by=by, batch=batch),
    ),
    "visit": (
        "field",
        {"name": "visit", "text": "Промокод"},
        lambda deal, by, batch: change_deal(deal=deal, visit="Промокод", by=by, batch=batch),
    ),
    "field": (
        "field",
        {"name": SOURCE, "text": "vk"},
        lambda deal, by, batch: change_deal(
            deal=deal, values={CustomField.objects.get(pk=SOURCE): "vk"}, by=by, batch=batch
        ),
    ),
    "no manager": (
        "manager",
        {"manager": None},
        lambda deal, by, batch: change_deal(deal=deal, manager=None, by=by, batch=batch),
    ),
}


@pytest.mark.parametrize(("deed", "parameters", "alone"), ALIKE.values(), ids=ALIKE.keys())
def test_each_of_many_is_changed_as_one_alone(
    marina: User, deed: str, parameters: dict[str, Any], alone: Callable[[Deal, User, Batch], object]
) -> None:
    client, before = make_client(), timezone.now() - timedelta(days=1)

    def deals() -> list[Deal]:
        return [
            make_deal(client=client, price=Decimal(1), manager=marina, at=before),
            make_deal(values={CustomField.objects.get(pk=SOURCE): "avito"}, visit="123", manager=marina, at=before),
            make_deal(status=Status.objects.get(pk=WON), manager=marina, at=before),
        ]

    one_by_one, at_once = deals(), deals()
    bulk = done(at_once, marina, deed, **parameters)
    of_same = bulk.left.get("same", [])
    for deal, twin in zip(one_by_one, at_once, strict=True):
        if twin.pk not in of_same:
            alone(deal, marina, start_batch(kind="alone", by=marina))

    assert [portrait(deal) for deal in at_once] == [portrait(deal) for deal in one_by_one]
    assert bulk.changed == 3 - len(of_same)


def test_what_it_will_do_is_told_before_and_then_is_what_it_does(marina: User) -> None:
    narrow = make_user(own_only=True)
    deals = [make_deal(manager=narrow) for _ in range(3)]
    deals += [make_deal(status=Status.objects.get(pk=IN_WORK)), make_deal(manager=marina), make_deal()]
    trash_deal(deal=deals[5], by=None)
    bulk = prepared(deals, narrow, **TO_WORK)

    deed = read_deed(bulk)
    assert deed is not None
    outlook = look_ahead(bulk, deed)
    start_bulk(bulk=bulk)

    bulk.refresh_from_db()
    told = {"same": 1, "hidden": 1, "trashed": 1}
    assert (outlook.changing, outlook.sample, outlook.left) == (3, deals[:3], told)
    assert (bulk.changed, {why: len(some) for why, some in bulk.left.items()}) == (3, told)
    assert statuses(deals) == [IN_WORK] * 4 + [1, 5]


def test_its_deals_stay_those_it_was_prepared_with(marina: User) -> None:
    bulk = prepared([make_deal()], marina, **TO_WORK)
    late = make_deal()

    start_bulk(bulk=bulk)

    assert statuses([late]) == [1]


def test_nothing_begins_before_it_is_said_what(marina: User) -> None:
    bulk = prepared([make_deal()], marina)

    assert (read_deed(bulk), start_bulk(bulk=bulk).state) == (None, State.PREPARED)


def test_what_was_begun_is_not_begun_twice(marina: User) -> None:
    bulk = prepared([make_deal()], marina, **TO_WORK)
    start_bulk(bulk=bulk)

    start_bulk(bulk=bulk)

    assert Batch.objects.count() == 1


def test_who_may_change_nothing_any_more_changes_nothing(marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_services, "AT_ONCE", 0)
    monkeypatch.setattr(type(carry_on), "enqueue", lambda task, number: None)
    deal = make_deal()
    bulk = start_bulk(bulk=prepared([deal], marina, **TO_WORK))
    User.objects.filter(pk=marina.pk).update(role=Role.OBSERVER)

    do_some(bulk.pk)

    bulk.refresh_from_db()
    assert (bulk.state, bulk.changed, bulk.left, statuses([deal])) == (State.DONE, 0, {"rights": [deal.pk]}, [1])


def test_a_status_that_is_no_more_is_told(marina: User) -> None:
    bulk = done([deal := make_deal()], marina, status=999, lost_reason="")

    assert (bulk.state, bulk.changed, bulk.left) == (State.DONE, 0, {"gone": [deal.pk]})


def test_a_task_is_for_who_answers_for_the_deal(marina: User) -> None:
    olga, due = make_user(), timezone.now() + timedelta(days=1)
    deals = [make_deal(manager=olga), make_deal(client=make_client(manager=olga)), make_deal()]

    done(deals, marina, "task", text="Позвонить", due_at=due.isoformat(), all_day=False, assignee=None)

    rows = Task.objects.order_by("deal").values_list("deal", "text", "assignee", "due_at", "author")
    assert list(rows) == [
        (deal.pk, "Позвонить", who.pk, due, marina.pk) for deal, who in zip(deals, (olga, olga, marina), strict=True)
    ]


def test_undoing_puts_all_back_but_what_somebody_has_changed_since(marina: User) -> None:
    deals = [make_deal(), make_deal(), make_deal(status=Status.objects.get(pk=WON))]
    before = [portrait(deal) for deal in (deals[0], deals[2])]
    bulk = done(deals, marina, status=LOST, lost_reason="Дорого")
    move_deal(deal=deals[1], status=Status.objects.get(pk=IN_WORK), by=make_user())

    undo_bulk(bulk=bulk, by=marina)

    bulk.refresh_from_db()
    assert (bulk.state, bulk.put_back, bulk.kept) == (State.UNDONE, 2, [[deals[1].pk, "changed"]])
    assert statuses(deals) == [1, IN_WORK, WON]
    after = [portrait(deal) for deal in (deals[0], deals[2])]
    assert [one | {"told": [], "changed": 0} for one in after] == [one | {"told": [], "changed": 0} for one in before]


def test_tasks_of_many_are_undone(marina: User) -> None:
    due = (timezone.now() + timedelta(days=1)).isoformat()
    bulk = done([make_deal(), make_deal()], marina, "task", text="Позвонить", due_at=due, all_day=True, assignee=None)

    undo_bulk(bulk=bulk, by=marina)

    bulk.refresh_from_db()
    assert (Task.objects.count(), bulk.put_back, bulk.kept) == (0, 2, [])


def test_only_who_did_it_or_an_administrator_undoes_it(marina: User) -> None:
    bulk = done([make_deal()], marina, **TO_WORK)

    with pytest.raises(PermissionDenied):
        undo_bulk(bulk=bulk, by=make_user())
    undo_bulk(bulk=bulk, by=make_user(role=Role.ADMINISTRATOR))

    bulk.refresh_from_db()
    assert bulk.state == State.UNDONE


def test_what_goes_wrong_stops_it_where_it_was_and_it_can_go_on(marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    deals = [make_deal() for _ in range(4)]
    monkeypatch.setattr(bulk_services, "AT_ONCE", 0)
    monkeypatch.setattr("crm.services.deeds.Move.piece", 2)
    calls: list[list[int]] = []

    def second_fails(numbers: list[int]) -> list[Deal]:
        calls.append(numbers)
        if len(calls) == 2:
            raise ValueError("something")
        return lock_deals(numbers)

    monkeypatch.setattr("crm.services.bulk.lock_deals", second_fails)
    monkeypatch.setattr(type(carry_on), "enqueue", lambda task, number: None)
    bulk = start_bulk(bulk=prepared(deals, marina, **TO_WORK))
    with pytest.raises(ValueError, match="something"):
        carry_on.call(bulk.pk)
    bulk.refresh_from_db()
    assert (bulk.state, bulk.position, statuses(deals)) == (State.STOPPED, 2, [IN_WORK, IN_WORK, 1, 1])

    start_bulk(bulk=bulk)
    carry_on.call(bulk.pk)

    bulk.refresh_from_db()
    assert (bulk.state, bulk.changed, statuses(deals)) == (State.DONE, 4, [IN_WORK] * 4)


def test_a_job_hands_on_what_takes_longer_than_its_seconds(marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    deals = [make_deal() for _ in range(5)]
    monkeypatch.setattr(bulk_services, "AT_ONCE", 0)
    monkeypatch.setattr(pieces, "SECONDS_A_JOB", 0)
    monkeypatch.setattr("crm.services.deeds.Move.piece", 2)

    bulk = done(deals, marina, **TO_WORK)

    assert (bulk.state, bulk.changed, statuses(deals)) == (State.DONE, 5, [IN_WORK] * 5)


def test_what_was_prepared_and_not_begun_is_forgotten_after_a_day(marina: User) -> None:
    old, begun, young = (prepared([make_deal()], marina, **TO_WORK) for _ in range(3))
    start_bulk(bulk=begun)
    Bulk.objects.exclude(pk=young.pk).update(prepared_at=timezone.now() - timedelta(days=2))

    forget_prepared()

    assert list(Bulk.objects.order_by("pk")) == [begun, young]
    assert old.pk < begun.pk
