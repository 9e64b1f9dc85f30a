"""The demo's end: what it made goes, what is real stays."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from analytics_api.last_values import last_values
from crm.models import (
    Batch,
    Call,
    Change,
    Client,
    Contact,
    CustomField,
    Deal,
    FieldValue,
    FirmPhone,
    Integration,
    Message,
    Role,
    StatusStay,
    Task,
    User,
)
from crm.services.accounts import set_up
from crm.services.clients import change_client
from crm.services.deals import change_deal
from crm.services.demo.removal import DemoRows, demo_rows, demo_rows_to_go, remove_demo
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user
from tests.services.demo.seeded import seed

pytestmark = pytest.mark.django_db

NUMBERED = (Deal, Client, Message, Task, Call)


@pytest.fixture
def anna() -> User:
    return make_user(login="anna", role=Role.ADMINISTRATOR)


def counts() -> dict[str, int]:
    models = (*NUMBERED, Contact, FieldValue, StatusStay, Change, Batch, FirmPhone, User, CustomField, Integration)
    return {model.__name__: model._default_manager.count() for model in models}


def test_an_untouched_demo_goes_without_a_trace(anna: User) -> None:
    before = counts()
    seed(150)

    assert remove_demo(by=anna) == DemoRows(0, 0)
    assert counts() == before


def test_what_is_real_stays(anna: User) -> None:
    mine = make_deal("Мой", client=make_client("Моя", phone="+7 923 410-29-94"), manager=anna)
    Deal.objects.filter(pk=mine.pk).delete()  # the demo goes into a base without deals only
    seed(150)
    mine = make_deal("Мой", client=Client.objects.get(name="Моя"), manager=anna)
    make_message(mine)
    make_call(caller="+7 800 555-35-35")
    before = {model: model._default_manager.count() for model in NUMBERED}

    remove_demo(by=anna)

    assert all(count > 1 for count in before.values())
    assert [Deal.objects.get(), Client.objects.get()] == [mine, mine.client]
    assert [Message.objects.count(), Task.objects.count(), Call.objects.count()] == [1, 0, 1]


def test_a_deal_of_the_demo_that_was_worked_on_stays_with_its_client_and_all_on_it(anna: User) -> None:
    seed(150)
    changed, told, tasked = Deal.objects.order_by("pk")[:3]
    change_deal(deal=changed, by=anna, title="Теперь моя")
    make_message(told, "Звонила")
    make_task(tasked, assignee=anna)
    client = Client.objects.exclude(deals__in=[changed, told, tasked]).order_by("-pk")[0]
    change_client(client=client, by=anna, name="Знакомая")
    make_deal("Мой", client=(of_mine := Client.objects.exclude(pk=client.pk).order_by("-pk")[0]))
    messages = Message.objects.filter(deal__in=[changed, told, tasked]).count()

    staying = remove_demo(by=anna)

    assert set(Deal.objects.exclude(title="Мой")) == {changed, told, tasked}
    assert set(Client.objects.all()) == {changed.client, told.client, tasked.client, client, of_mine}
    assert Message.objects.filter(deal__in=[changed, told, tasked]).count() == messages
    assert staying == demo_rows() == DemoRows(3, Client.objects.count())
    assert demo_rows_to_go() == DemoRows(0, 0)


def test_the_page_says_beforehand_what_goes_and_what_stays(anna: User) -> None:
    seed(150)
    change_deal(deal=Deal.objects.order_by("pk")[0], by=anna, title="Теперь моя")
    all_there_is, to_go = demo_rows(), demo_rows_to_go()

    left = remove_demo(by=anna)

    assert to_go == DemoRows(all_there_is.deals - left.deals, all_there_is.clients - left.clients)
    assert (left.deals, left.clients) == (1, 1)


def test_a_person_whom_a_row_names_is_switched_off_and_stays(anna: User) -> None:
    seed(50)
    manager = User.objects.get(login="ivanova")
    make_deal("Мой", manager=manager)

    remove_demo(by=anna)

    demo = User.objects.people().exclude(pk=anna.pk)
    assert list(demo.values_list("login", "is_active")) == [("ivanova", False)]


def test_somebody_who_has_logged_in_is_no_demo_any_more(anna: User) -> None:
    seed(50)
    manager = User.objects.get(login="ivanova")
    manager.set_password("a password")
    manager.save()

    remove_demo(by=anna)

    assert User.objects.filter(login="ivanova", is_active=True).exists()


def test_a_pull_that_is_under_way_gets_them_still(anna: User) -> None:
    seed(30)
    deals = list(Deal.objects.values_list("pk", flat=True))

    remove_demo(by=anna)

    assert last_values("export", deals).keys() == set(deals)


def test_the_demo_of_the_set_up_page_goes_with_the_account_of_its_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.services.accounts.call_command", lambda *_, **__: seed(40))
    admin = set_up(login="marina", full_name="Марина", password="orbita-orbita", language="ru", with_demo=True)
    assert Deal.objects.filter(created_by__login="roistat-demo").exists()

    remove_demo(by=admin)

    assert list(User.objects.values_list("login", flat=True)) == ["marina"]


def test_the_page_asks_for_the_word(client: Browser, anna: User) -> None:
    client.force_login(anna)
    address = reverse("settings_firm_demo")
    assert client.get(address).status_code == 404
    seed(30)
    assert address in client.get(reverse("settings_firm")).content.decode()

    assert client.post(address, {"word": "yes"}).status_code == 422
    assert Deal.objects.count() == 30
    assert client.post(address, {"word": "Delete"}).status_code == 302
    assert not Deal.objects.exists()
    assert address not in client.get(reverse("settings_firm")).content.decode()
