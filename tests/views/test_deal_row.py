"""Cells of the list edited in place: what is right is saved, what is not comes back as it was typed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.days import day_of
from crm.models import Deal, Status, Task, User
from crm.services.deals import change_deal, move_deal, trash_deal
from crm.services.history import last_change
from crm.services.tasks import change_task
from tests.factories import make_deal, make_task, make_user

pytestmark = pytest.mark.django_db

IN_WORK, WON, LOST = 2, 3, 4


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    return client


def send(web: Browser, deal: Deal, name: str, value: object, **more: object) -> HttpResponse:
    seen = last_change(deal.pk)
    return web.post(f"/deals/{deal.pk}/row/{name}/", {"value": value, "seen": seen} | more)  # type: ignore[return-value]


def test_a_price_is_typed_as_people_type_it_and_the_row_comes_back(web: Browser) -> None:
    answer = send(web, deal := make_deal(), "price", "1 500,50")

    assert (answer.status_code, answer["HX-Trigger"]) == (200, '{"deal-changed": {}}')
    assert "1,500.50" in answer.content.decode()
    assert Deal.objects.get(pk=deal.pk).price == Decimal("1500.50")


def test_a_price_that_is_none_comes_back_as_it_was_typed(web: Browser) -> None:
    answer = send(web, make_deal(), "price", "дорого")

    assert (answer.status_code, 'value="дорого"' in answer.content.decode()) == (422, True)


def test_a_manager_is_chosen(web: Browser, marina: User) -> None:
    send(web, deal := make_deal(), "manager", marina.pk)

    assert Deal.objects.get(pk=deal.pk).manager == marina


def test_a_loss_asks_for_its_reason(web: Browser) -> None:
    deal = make_deal()

    asked = send(web, deal, "status", LOST)
    assert (asked.status_code, "Reason of loss" in asked.content.decode()) == (422, True)
    send(web, deal, "status", LOST, lost_reason="Дорого")

    deal.refresh_from_db()
    assert (deal.status_id, deal.lost_reason) == (LOST, "Дорого")


def test_a_task_goes_to_another_day_at_the_same_time(web: Browser) -> None:
    task = make_task(deal := make_deal(), due_at=timezone.now() + timedelta(days=1))
    before = task.due_at

    answer = send(web, deal, "task", "2030-02-01", seen=last_change(task.pk))

    task.refresh_from_db()
    assert (answer.status_code, day_of(task.due_at)) == (200, date(2030, 2, 1))
    assert (task.due_at - before).seconds == 0


@pytest.mark.parametrize("name", ["task", "title", "nonsense"])
def test_what_cannot_be_edited_in_the_row_is_not_found(web: Browser, name: str) -> None:
    assert web.get(f"/deals/{make_deal().pk}/row/{name}/").status_code == 404


def test_who_was_slower_keeps_what_he_typed_and_sees_what_stands_there(web: Browser) -> None:
    deal = make_deal()
    seen = last_change(deal.pk)
    change_deal(deal=deal, price=Decimal(700), by=make_user(full_name="Петрова Ольга"))

    answer = send(web, deal, "price", "800", seen=seen)
    page = answer.content.decode()
    assert (answer.status_code, Deal.objects.get(pk=deal.pk).price) == (409, Decimal(700))
    assert 'value="800"' in page
    assert "Петрова Ольга has changed this meanwhile" in page
    assert "700" in page

    send(web, deal, "price", "800")
    assert Deal.objects.get(pk=deal.pk).price == Decimal(800)


def test_a_status_and_a_task_that_somebody_moved_meanwhile_are_not_overwritten(web: Browser) -> None:
    task = make_task(deal := make_deal())
    seen, seen_task = last_change(deal.pk), last_change(task.pk)
    move_deal(deal=deal, status=Status.objects.get(pk=WON), by=make_user())
    change_task(task=task, due_at=timezone.now() + timedelta(days=3), by=make_user())

    answers = [
        send(web, deal, "status", IN_WORK, seen=seen),
        send(web, deal, "task", "2030-02-01", seen=seen_task),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert Deal.objects.get(pk=deal.pk).status_id == WON
    assert day_of(Task.objects.get(pk=task.pk).due_at) == day_of(timezone.now() + timedelta(days=3))


def test_a_deal_in_the_trash_is_not_edited(web: Browser) -> None:
    trash_deal(deal=(deal := make_deal()), by=None)

    assert send(web, deal, "price", "1").status_code == 409


def test_cancelling_brings_the_row_back(web: Browser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    deal = make_deal("Первая", price=Decimal(5))
    with django_assert_num_queries(6):
        page = web.get(f"/deals/{deal.pk}/row/?edited=price").content.decode()

    assert ("<tr>" in page, page.count("autofocus")) == (True, 1)


def test_without_script_an_address_of_a_cell_leads_to_the_deal(client: Browser, marina: User) -> None:
    client.force_login(marina)
    deal = make_deal()

    assert client.get(f"/deals/{deal.pk}/row/price/")["Location"] == f"/deals/{deal.pk}/"
    assert send(client, deal, "price", "5")["Location"] == f"/deals/{deal.pk}/"
    assert Deal.objects.get(pk=deal.pk).price == Decimal(5)
