"""What is in the trash can be restored, and nothing else is written to it from the desk."""

from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from crm.models import Call, Change, Client, Deal, Message, Task, User
from crm.services.clients import trash_client
from crm.services.deals import trash_deal
from tests.factories import make_call, make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db

DAY = "2026-12-31"
WRITES = {
    "comment": {"text": "Перезвонила"},
    "task": {"text": "Перезвонить", "day": DAY},
    "call": {"direction": "outgoing", "status": "ANSWER"},
}
DEAL_WRITES = [
    ("deal_move", [], {"status": "2"}),
    ("deal_field", ["title"], {"value": "Другое", "seen": "0"}),
    *((f"deal_{kind}", [], form) for kind, form in WRITES.items()),
]
CLIENT_WRITES = [
    ("client_field", ["name"], {"name": "Другая", "seen": "Анна"}),
    ("client_contacts", [], {"phone": "+7 923 410-29-94"}),
    *((f"client_{kind}", [], form) for kind, form in WRITES.items()),
]


@pytest.fixture
def web(client: Browser) -> Browser:
    client.force_login(make_user())
    return client


@pytest.fixture
def deal() -> Deal:
    return trash_deal(deal=make_deal("Стрижка"), by=None)


def send(web: Browser, address: str, form: dict[str, str]) -> HttpResponse:
    """A task names its assignee; to other forms he says nothing."""
    return cast("HttpResponse", web.post(address, form | {"assignee": f"{User.objects.get().pk}"}))


def written() -> list[int]:
    return [model.objects.count() for model in (Change, Message, Task, Call)]


@pytest.mark.parametrize(("name", "args", "form"), DEAL_WRITES)
def test_nothing_is_written_to_a_deal_in_the_trash(
    web: Browser, deal: Deal, name: str, args: list[str], form: dict[str, str]
) -> None:
    before = written()
    answer = send(web, reverse(name, args=[deal.pk, *args]), form)

    assert (answer.status_code, written()) == (409, before)
    assert "<h1>“Стрижка” is in the trash</h1>" in answer.content.decode()


@pytest.mark.parametrize(("name", "args", "form"), CLIENT_WRITES)
def test_nothing_is_written_to_a_client_in_the_trash(
    web: Browser, name: str, args: list[str], form: dict[str, str]
) -> None:
    client = trash_client(client=make_client("Анна"), by=None)
    before = written()
    answer = send(web, reverse(name, args=[client.pk, *args]), form)

    assert (answer.status_code, written()) == (409, before)
    assert Client.objects.get(pk=client.pk).contacts.count() == 0


@pytest.mark.parametrize(("name", "args", "form"), DEAL_WRITES + CLIENT_WRITES)
def test_the_same_is_written_to_what_is_in_no_trash(
    web: Browser, name: str, args: list[str], form: dict[str, str]
) -> None:
    subject = make_deal() if name.startswith("deal") else make_client("Анна")
    before = written()

    assert send(web, reverse(name, args=[subject.pk, *args]), form).status_code == 302
    assert written() != before


def test_a_card_that_somebody_else_threw_away_brings_the_board_anew(web: Browser, deal: Deal) -> None:
    answer = web.post(reverse("deal_move", args=[deal.pk]), {"status": "2", "board": "1"}, headers={"HX-Request": "1"})

    assert (answer.status_code, answer.headers["HX-Refresh"], answer.content) == (409, "true", b"")
    assert "“Стрижка” is in the trash" in web.get("/").content.decode()


def test_no_task_and_no_call_is_put_on_a_deal_in_the_trash(web: Browser, deal: Deal) -> None:
    call = make_call()
    task = WRITES["task"]

    assert send(web, f"/tasks/new/?deal={deal.pk}", task).status_code == 409
    assert send(web, "/tasks/new/", task | {"subject": f"{deal.pk}"}).status_code == 200
    assert web.post(f"/calls/{call.pk}/attach/", {"subject": f"{deal.pk}"}).status_code == 200
    assert (Task.objects.count(), Call.objects.get().deal) == (0, None)


def test_a_task_that_stands_on_it_can_still_be_done(web: Browser) -> None:
    deal = make_deal()
    task = make_task(deal)
    trash_deal(deal=deal, by=None)

    web.post(f"/tasks/{task.pk}/done/")
    assert Task.objects.get().done_at is not None
