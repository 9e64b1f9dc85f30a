"""What a manager who sees only own deals sees of each model; everybody else sees all."""

from collections.abc import Iterable

import pytest
from django.db.models import Model

from crm.models import Call, Client, Deal, Message, Role, Task, User
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    """She sees only own deals."""
    return make_user(own_only=True)


@pytest.fixture
def other() -> User:
    return make_user()


def seen(rows: Iterable[Model]) -> set[Model]:
    return set(rows)


def test_deals_that_are_hers_or_nobodys(olga: User, other: User) -> None:
    hers, nobodys = make_deal(manager=olga), make_deal()
    make_deal(manager=other)

    assert seen(Deal.objects.visible_to(olga)) == {hers, nobodys}


def test_clients_that_are_hers_or_have_a_deal_that_she_sees(olga: User, other: User) -> None:
    hers = make_client("hers", manager=olga)
    of_her_deal = make_client("of her deal", manager=other)
    make_deal(client=of_her_deal, manager=olga)
    make_deal(client=of_her_deal)
    make_client("nobody's, without a deal")
    of_another_deal = make_client("of another's deal")
    make_deal(client=of_another_deal, manager=other)

    assert list(Client.objects.visible_to(olga).order_by("pk")) == [hers, of_her_deal]


def test_calls_of_what_she_sees_and_calls_of_nobody(olga: User, other: User) -> None:
    of_her_deal = make_call(deal=make_deal(manager=olga), manager=other)
    of_her_client = make_call(client=make_client(manager=olga))
    of_nobody, taken_by_her = make_call(), make_call(manager=olga)
    make_call(manager=other)
    make_call(deal=make_deal(manager=other), manager=olga)
    make_call(client=make_client())

    assert seen(Call.objects.visible_to(olga)) == {of_her_deal, of_her_client, of_nobody, taken_by_her}


def test_tasks_that_are_hers_or_on_what_she_sees(olga: User, other: User) -> None:
    given_to_her = make_task(make_deal(manager=other), assignee=olga)
    on_her_deal = make_task(make_deal(manager=olga), assignee=other)
    on_her_client = make_task(make_client(manager=olga), assignee=other)
    on_a_call_of_nobody = make_task(make_call())
    make_task(make_deal(manager=other))
    make_task(make_client())
    make_task(make_call(manager=other))

    assert seen(Task.objects.visible_to(olga)) == {given_to_her, on_her_deal, on_her_client, on_a_call_of_nobody}


def test_messages_on_what_she_sees(olga: User, other: User) -> None:
    on_her_deal = make_message(make_deal(manager=olga), by=other)
    on_her_client = make_message(make_client(manager=olga))
    on_a_call_of_nobody = make_message(make_call())
    make_message(make_deal(manager=other), by=olga)
    make_message(make_client())

    assert seen(Message.objects.visible_to(olga)) == {on_her_deal, on_her_client, on_a_call_of_nobody}


@pytest.mark.parametrize(
    ("role", "own_only"), [(Role.MANAGER, False), (Role.ADMINISTRATOR, True), (Role.OBSERVER, True)]
)
def test_everybody_else_sees_all(role: Role, own_only: bool, other: User) -> None:
    deal = make_deal(client=make_client(), manager=other)
    call, task, message = make_call(deal=deal), make_task(deal), make_message(deal)
    person = make_user(role=role, own_only=own_only)

    assert seen(Deal.objects.visible_to(person)) == {deal}
    assert seen(Call.objects.visible_to(person)) == {call}
    assert seen(Task.objects.visible_to(person)) == {task}
    assert seen(Message.objects.visible_to(person)) == {message}
    assert list(Client.objects.visible_to(person)) == [deal.client]
