from typing import Any

import pytest

from crm.models import Call, Change, Client, Deal, FirmPhone
from crm.services.calls import attach_call, deal_of_call, firm_phones, other_side
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db

Direction = Call.Direction


def history(number: int) -> list[tuple[str, str, Any, Any]]:
    changes = Change.objects.filter(number=number).exclude(verb="created")
    return list(changes.values_list("verb", "field", "old", "new"))


def test_a_call_of_nobody_is_put_on_a_deal_with_what_stood_on_it() -> None:
    manager = make_user()
    deal = make_deal(manager=manager)
    call = make_call(caller="+79234102994", callee="101")
    message, task = make_message(call), make_task(call)

    attached = attach_call(call=call, to=deal, by=manager)

    assert (attached.deal, attached.client, attached.manager) == (deal, None, manager)
    message.refresh_from_db()
    task.refresh_from_db()
    assert [(row.deal, row.client, row.call) for row in (message, task)] == [(deal, None, None)] * 2
    assert history(call.pk) == [("changed", "deal", None, deal.pk), ("changed", "manager", None, manager.pk)]


def test_a_call_moves_from_a_client_to_a_deal_and_stays_whose_it_was() -> None:
    took = make_user()
    client, deal = make_client(), make_deal(manager=make_user())
    call = make_call(client=client, manager=took)

    attached = attach_call(call=call, to=deal, by=took)

    assert (attached.deal, attached.client, attached.manager) == (deal, None, took)
    assert history(call.pk) == [("changed", "deal", None, deal.pk), ("changed", "client", client.pk, None)]


def test_a_call_is_taken_off() -> None:
    call = make_call(deal=make_deal())

    attached = attach_call(call=call, to=None, by=None)

    assert (attached.deal, attached.client) == (None, None)


def test_a_deal_is_made_of_a_call_for_the_client_whom_the_phone_finds() -> None:
    person = make_user()
    client = make_client("Анна", phone="8 923 410-29-94")
    call = make_call(caller="+79234102994", callee="101", visit="437272", marker="roistat_7")

    deal = deal_of_call(call=call, by=person)

    assert (deal.title, deal.client, deal.manager, deal.visit) == ("Call from +79234102994", client, person, "437272")
    assert deal.extra == {"parameters": {"marker": "roistat_7"}}
    assert Call.objects.get().deal == deal


def test_a_deal_of_a_call_by_somebody_unknown_makes_his_client() -> None:
    call = make_call(caller="+79234102994", callee="101")

    deal = deal_of_call(call=call, by=None, name="Вера", title="Стрижка")

    client = Client.objects.get()
    assert (deal.title, deal.client, client.name) == ("Стрижка", client, "Вера")
    assert list(client.contacts.values_list("normalised", flat=True)) == ["+79234102994"]


def test_a_deal_of_an_outgoing_call_is_with_the_one_who_was_called() -> None:
    call = make_call(direction=Direction.OUTGOING, caller="101", callee="+79234102994")

    assert deal_of_call(call=call, by=None).client == Client.objects.get(contacts__normalised="+79234102994")


def test_a_deal_of_a_clients_call_is_his_and_his_managers() -> None:
    manager = make_user()
    client = make_client(manager=manager)
    call = make_call(client=client, caller="+79990000001")

    deal = deal_of_call(call=call, by=make_user())

    assert (deal.client, deal.manager) == (client, manager)
    call.refresh_from_db()
    assert (call.deal, call.client) == (deal, None)


def test_a_call_without_a_phone_makes_a_deal_without_a_client() -> None:
    deal = deal_of_call(call=make_call(), by=None)

    assert (deal.title, deal.client, Deal.objects.count()) == ("Call", None, 1)


@pytest.mark.parametrize(
    ("direction", "caller", "callee", "side"),
    [
        (Direction.INCOMING, "+79234102994", "+78007000000", "+79234102994"),
        (Direction.OUTGOING, "+78007000000", "+79234102994", "+79234102994"),
        # Both unknown when it was reported, so it counts as incoming: the firm's own number is nobody's all the same.
        (Direction.INCOMING, "8 800 700-00-00", "+79234102994", "+79234102994"),
        (Direction.INCOMING, "+78007000000", "88007000000", ""),
        (Direction.INCOMING, "", "", ""),
    ],
)
def test_the_other_side_is_not_the_firm(direction: str, caller: str, callee: str, side: str) -> None:
    FirmPhone.objects.create(entered="8 800 700-00-00", normalised="+78007000000")

    assert other_side(Call(direction=direction, caller=caller, callee=callee), firm_phones()) == side
