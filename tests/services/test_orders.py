"""The kept order never differs from one built afresh, whatever is done to the deal."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from crm.models import Change, Client, CustomField, Deal, FieldValue, Status, StatusStay, Task, User
from crm.services.deals import change_deal, create_deal, move_deal, restore_deal, trash_deal
from crm.services.orders import Scheme, build_order, order_scheme, rewrite_orders, values_of
from crm.services.tasks import change_task, finish_task, reopen_task
from tests.factories import make_client, make_deal, make_task, make_user

START = datetime(2026, 1, 1, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
money = st.none() | st.decimals(0, 10**9, places=3)


class DealLife(RuleBasedStateMachine):
    """A deal is written to in random ways; after each its kept order, its history and its stays must be right."""

    @initialize()
    def arrive(self) -> None:
        self.now = START
        self.clients: list[Client | None] = [None, make_client("Анна"), make_client("Борис")]
        self.people: list[User | None] = [None, make_user(), make_user()]
        self.deal = make_deal("Стрижка", at=self.now)
        self.tasks: list[Task] = []
        self.seen = self.deal.order_json

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    @rule(title=texts, price=money, cost=money, visit=st.just("") | texts)
    def change_columns(self, title: str, price: Decimal | None, cost: Decimal | None, visit: str) -> None:
        at = self.tick()
        change_deal(deal=self.deal, title=title, price=price, cost=cost, visit=visit, by=None, at=at)

    @rule(field=st.integers(1, 5), text=st.just("") | texts)
    def change_a_value(self, field: int, text: str) -> None:
        values = {CustomField.objects.get(pk=field): text}
        change_deal(deal=self.deal, values=values, by=None, at=self.tick())

    @rule(number=st.integers(0, 2))
    def give_to_another(self, number: int) -> None:
        at = self.tick()
        change_deal(deal=self.deal, client=self.clients[number], manager=self.people[number], by=None, at=at)

    @rule(days=st.integers(-3, 3))
    def plan(self, days: int) -> None:
        self.tasks.append(make_task(self.deal, due_at=START + timedelta(days=days)))

    @rule(which=st.integers(0, 5), days=st.integers(-3, 3))
    def put_off(self, which: int, days: int) -> None:
        for task in self.tasks[which : which + 1]:
            change_task(task=task, due_at=START + timedelta(days=days), by=None)

    @rule(which=st.integers(0, 5), done=st.booleans())
    def finish_or_reopen(self, which: int, *, done: bool) -> None:
        for task in self.tasks[which : which + 1]:
            (finish_task if done else reopen_task)(task=task, by=None)

    @rule(status=st.integers(1, 5))
    def move(self, status: int) -> None:
        move_deal(deal=self.deal, status=Status.objects.get(pk=status), by=None, at=self.tick())

    @rule()
    def throw_away(self) -> None:
        trash_deal(deal=self.deal, by=None, at=self.tick())

    @rule()
    def bring_back(self) -> None:
        restore_deal(deal=self.deal, by=None, at=self.tick())

    @invariant()
    def the_kept_order_is_the_one_built_afresh(self) -> None:
        deal = Deal.objects.get(pk=self.deal.pk)
        assert orjson.loads(deal.order_json) == build_order(deal, values_of([deal])[deal.pk])
        assert deal.order_scheme == Scheme.current().number
        assert deal.changed_at == self.now if deal.order_json != self.seen else deal.changed_at <= self.now
        self.seen = deal.order_json

    @invariant()
    def what_it_is_counted_by_is_true(self) -> None:
        deal = Deal.objects.get(pk=self.deal.pk)
        due = [task.due_at for task in Task.objects.filter(deal=deal, done_at=None)]
        told = FieldValue.objects.filter(deal=deal, field__name__in=["source", "utmSource", "utmMedium"])
        assert deal.next_due_at == min(due, default=None)
        assert deal.has_source == (deal.visit != "" or told.exists())

    @invariant()
    def the_open_stay_is_in_the_deals_status(self) -> None:
        deal = Deal.objects.get(pk=self.deal.pk)
        stays = list(StatusStay.objects.filter(deal=deal))
        assert [stay.status_id for stay in stays if stay.left_at is None] == [deal.status_id]
        assert all(one.left_at == after.entered_at for one, after in pairwise(stays))

    @invariant()
    def closed_and_thrown_away_are_dated(self) -> None:
        deal = Deal.objects.select_related("status").get(pk=self.deal.pk)
        assert (deal.closed_at is not None) == deal.status.is_closed
        assert (deal.trashed_at is not None) == (deal.status.kind == Status.Kind.DELETED)


@pytest.mark.django_db
def test_the_kept_order_never_differs_from_one_built_afresh() -> None:
    run_state_machine_as_test(DealLife, settings=settings(max_examples=20, stateful_step_count=12, deadline=None))


@pytest.mark.parametrize(
    ("fields", "same_as"),
    [
        ([1, 2, 3, 4], []),
        ([1, 3], []),
        ([2, 1, 3, 4], [2, 1]),
        ([3, 1, 2, 7, 9], [3, 1, 2]),
    ],
)
def test_the_scheme_depends_on_the_rearranged_fields_alone(fields: list[int], same_as: list[int]) -> None:
    assert order_scheme(fields) == order_scheme(same_as)


def test_schemes_of_other_orders_differ() -> None:
    orders = [[], [2, 1], [3, 1, 2], [1, 3, 2], [3, 2, 1]]
    assert len({order_scheme(fields) for fields in orders}) == len(orders)


@pytest.mark.django_db
def test_a_rewritten_order_is_of_the_current_scheme_and_no_change() -> None:
    source, medium = CustomField.objects.get(pk=2), CustomField.objects.get(pk=4)
    deal = make_deal(values={source: "yandex", medium: "cpc"})
    CustomField.objects.filter(pk=4).update(position=0)
    rewrite_orders([Deal.objects.get(pk=deal.pk)])
    rewritten = Deal.objects.get(pk=deal.pk)
    assert orjson.loads(rewritten.order_json)["fields"] == [{"4": "cpc"}, {"2": "yandex"}]
    assert (rewritten.order_scheme, rewritten.changed_at) == (Scheme.current().number, deal.changed_at)


@pytest.mark.django_db
def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    deal = make_deal("Стрижка", price=Decimal(5), at=START)
    change_deal(
        deal=deal, title="Стрижка", price=Decimal("5.000"), by=None, values={CustomField.objects.get(pk=1): ""}
    )
    assert Deal.objects.get().changed_at == START
    assert [change.verb for change in Change.objects.filter(number=deal.pk)] == ["created"]


@pytest.mark.django_db
def test_a_change_keeps_what_was_and_what_is() -> None:
    manager = make_user()
    deal = make_deal("Стрижка", price=Decimal(5))
    field = CustomField.objects.get(pk=2)
    change_deal(deal=deal, price=Decimal("7.5"), manager=manager, values={field: "yandex"}, by=manager, at=START)
    changes = Change.objects.filter(number=deal.pk, verb="changed")
    assert [(change.field, change.old, change.new, change.by, change.at) for change in changes] == [
        ("price", "5.000", "7.5", manager, START),
        ("manager", None, manager.pk, manager, START),
        ("field:2", "", "yandex", manager, START),
    ]


@pytest.mark.django_db
def test_what_is_no_column_to_change_is_an_error() -> None:
    with pytest.raises(TypeError, match="status"):
        change_deal(deal=make_deal(), by=None, status=Status.objects.get(pk=2))


@pytest.mark.django_db
def test_a_reason_of_loss_stays_with_a_lost_deal_alone() -> None:
    deal = create_deal(title="x", by=None)
    lost, working = Status.objects.get(pk=4), Status.objects.get(pk=2)
    assert move_deal(deal=deal, status=lost, lost_reason="дорого", by=None).lost_reason == "дорого"
    trash_deal(deal=deal, by=None)
    assert restore_deal(deal=deal, by=None).lost_reason == "дорого"
    assert move_deal(deal=deal, status=working, by=None).lost_reason == ""
