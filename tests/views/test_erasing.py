"""The page that erases a client."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from crm.models import Client, Deal, Role, User
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return make_user(login="anna", role=Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Browser, administrator: User) -> Browser:
    client.force_login(administrator)
    return client


@pytest.fixture
def person() -> Client:
    return make_client("Фролова Наталья", phone="+7 923 410-29-94")


def test_it_says_what_goes_and_asks_for_the_number(desk: Browser, person: Client) -> None:
    make_deal(client=person)
    page = desk.get(reverse("client_erase", args=[person.pk]))

    assert page.context["told"].names == ["Фролова Наталья"]
    assert (page.context["told"].contacts, page.context["told"].deals) == (["+7 923 410-29-94"], 1)


@pytest.mark.parametrize("typed", ["", "999", "Фролова"])
def test_another_number_erases_nothing(desk: Browser, person: Client, typed: str) -> None:
    answer = desk.post(reverse("client_erase", args=[person.pk]), {"deals": "erase", "number": typed})

    assert (answer.status_code, answer.context["form"]["deals"].value()) == (422, "erase")
    assert Client.objects.get() == person


@pytest.mark.parametrize(("deals", "left"), [("keep", 1), ("erase", 0)])
def test_the_typed_number_erases(desk: Browser, person: Client, deals: str, left: int) -> None:
    make_deal(client=person)
    answer = desk.post(reverse("client_erase", args=[person.pk]), {"deals": deals, "number": f"#{person.pk}"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("clients"))
    assert (Client.objects.count(), Deal.objects.count()) == (0, left)
    assert desk.get(reverse("client", args=[person.pk])).status_code == 404


def test_only_administrators_are_led_there(desk: Browser, person: Client) -> None:
    address = reverse("client_erase", args=[person.pk])
    assert address in desk.get(reverse("client", args=[person.pk])).content.decode()
    assert address in desk.get(reverse("admin:crm_client_change", args=[person.pk])).content.decode()

    desk.force_login(make_user(role=Role.MANAGER))
    assert address not in desk.get(reverse("client", args=[person.pk])).content.decode()


def test_a_kept_deal_says_what_happened(desk: Browser, person: Client) -> None:
    deal = make_deal(client=person)
    desk.post(reverse("client_erase", args=[person.pk]), {"deals": "keep", "number": str(person.pk)})

    assert "all that is personal of him were erased" in desk.get(reverse("deal", args=[deal.pk])).content.decode()
