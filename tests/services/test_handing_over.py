"""Giving what one person answers for to another."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.models import Change, Deal, HandOver, Notification, Role, SettingChange, Status, User
from crm.services import handing_over
from crm.services.deals import trash_deal
from crm.services.handing_over import carry_on_handing, give_some, hand_over, in_hand, resume
from crm.services.orders import refresh_order
from crm.services.people import change_user
from crm.services.tasks import finish_task
from tests.factories import make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user(role=Role.ADMINISTRATOR)


@pytest.fixture
def olga() -> User:
    """She has an open deal, a closed one, one in the trash, a task to do, one that is done, and a client."""
    olga = make_user(full_name="Ольга")
    deal = make_deal("Открытая", manager=olga)
    make_deal("Закрытая", manager=olga, status=Status.objects.filter(kind="won")[0])
    trash_deal(deal=make_deal("В корзине", manager=olga), by=olga)
    make_task(deal, "Позвонить", assignee=olga)
    finish_task(task=make_task(deal, "Готово", assignee=olga), by=olga)
    make_client("Анна", manager=olga)
    return olga


def of(user: User) -> list[Any]:
    return [
        *user.deals.order_by("pk").values_list("title", flat=True),
        *user.tasks.order_by("pk").values_list("text", flat=True),
        *user.clients.order_by("pk").values_list("name", flat=True),
    ]


def test_what_is_in_hand_is_counted(olga: User) -> None:
    held = in_hand(olga)

    assert (held.open_deals, held.deals, held.tasks, held.clients) == (1, 2, 1, 1)


def test_the_open_deals_the_tasks_and_the_clients_go(olga: User, boss: User) -> None:
    oleg = make_user(full_name="Олег")

    hand = hand_over(giver=olga, taker=oleg, by=boss, deals="open", tasks=True, clients=True)

    assert (hand.state, hand.given_deals, hand.given_tasks, hand.given_clients) == ("done", 1, 1, 1)
    assert of(oleg) == ["Открытая", "Позвонить", "Анна"]
    assert of(olga) == ["Закрытая", "В корзине", "Готово"]


def test_closed_deals_go_where_that_is_asked_and_nothing_else(olga: User, boss: User) -> None:
    oleg = make_user()

    hand_over(giver=olga, taker=oleg, by=boss, deals="all")

    assert of(oleg) == ["Открытая", "Закрытая"]


def test_orders_and_histories_are_as_if_done_by_hand(olga: User, boss: User) -> None:
    oleg = make_user()
    hand = hand_over(giver=olga, taker=oleg, by=boss, deals="open", tasks=True, clients=True)

    deal = Deal.objects.get(title="Открытая")
    kept = deal.order_json
    refresh_order(deal)
    assert deal.order_json == kept
    fields = Change.objects.filter(batch=hand.batch).order_by("number").values_list("field", "old", "new", "by")
    assert sorted(fields) == [
        ("assignee", olga.pk, oleg.pk, boss.pk),
        ("manager", olga.pk, oleg.pk, boss.pk),
        ("manager", olga.pk, oleg.pk, boss.pk),
    ]
    assert Notification.objects.filter(person=oleg, kind="deal").count() == 1


def test_it_is_in_the_log_of_settings(olga: User, boss: User) -> None:
    hand_over(giver=olga, taker=make_user(full_name="Олег"), by=boss, deals="open", clients=True)

    rows = SettingChange.objects.order_by("field").values_list("verb", "name", "field", "old", "new", "by")
    assert list(rows) == [
        ("handed_over", "Ольга", "clients", 1, "Олег", boss.pk),
        ("handed_over", "Ольга", "deals", 1, "Олег", boss.pk),
    ]


def test_nobody_gets_his_own_and_nobody_who_cannot_answer_for_it(olga: User, boss: User) -> None:
    for taker in (olga, make_user(is_active=False), make_user(role=Role.OBSERVER)):
        with pytest.raises(ValidationError):
            hand_over(giver=olga, taker=taker, by=boss, deals="all")
    with pytest.raises(ValidationError):
        hand_over(giver=olga, taker=boss, by=boss)


def test_much_is_done_in_pieces_and_a_piece_done_twice_finds_nothing(
    olga: User, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_over, "AT_ONCE", 0)
    monkeypatch.setattr(handing_over, "DEALS_A_PIECE", 1)
    monkeypatch.setattr(handing_over.carry_on_handing.__class__, "enqueue", lambda *args, **kwargs: None)
    hand = hand_over(giver=olga, taker=make_user(), by=boss, deals="all", tasks=True)

    assert [give_some(hand.pk).given for _ in range(5)] == [1, 2, 3, 3, 3]
    assert HandOver.objects.get().state == "done"


def test_it_stops_when_the_taker_leaves_and_goes_on_when_he_is_back(
    olga: User, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    oleg = make_user()
    monkeypatch.setattr(handing_over, "AT_ONCE", 0)
    with monkeypatch.context() as before_the_job:
        before_the_job.setattr(handing_over.carry_on_handing.__class__, "enqueue", lambda *args, **kwargs: None)
        hand = hand_over(giver=olga, taker=oleg, by=boss, deals="all")
    change_user(user=oleg, is_active=False)
    carry_on_handing.call(hand.pk)
    hand.refresh_from_db()
    assert (hand.state, hand.given) == ("stopped", 0)

    change_user(user=oleg, is_active=True)
    resume(hand=hand)

    hand.refresh_from_db()
    assert (hand.state, hand.given) == ("done", 2)
