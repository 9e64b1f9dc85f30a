"""`message` and `task`: where they land, and what they refuse (PROTOCOL.md, section 3)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Model

from crm.models import Call, Client, Deal, Message, Task
from tests.analytics_api.asking import Service
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user


def comment_on(service: Service, number: object) -> Message:
    answer = service.ask("message", leadId=number, message="x")
    return Message.objects.get(pk=answer["message_id"])


def task_on(service: Service, number: object) -> Task:
    answer = service.ask("task", element_id=number, text="x", deadline="2026-07-01T12:00:00")
    return Task.objects.get(pk=answer["task_id"])


def belongs_to(row: Message | Task) -> Model | None:
    return row.deal or row.client or row.call


Makes = Callable[[Deal | Client | Call], Any]
ACTIVITIES: list[Makes] = [make_message, make_task]


@pytest.mark.parametrize("write", [comment_on, task_on])
def test_it_lands_on_a_deal_or_a_client(service: Service, write: Callable[[Service, object], Message | Task]) -> None:
    deal, client = make_deal(), make_client()
    assert belongs_to(write(service, deal.pk)) == deal
    assert belongs_to(write(service, client.pk)) == client


@pytest.mark.parametrize("write", [comment_on, task_on])
@pytest.mark.parametrize("make", ACTIVITIES)
def test_addressed_to_a_message_or_a_task_it_lands_on_what_that_belongs_to(
    service: Service, write: Callable[[Service, object], Message | Task], make: Makes
) -> None:
    for subject in (make_deal(), make_client(), make_call()):
        assert belongs_to(write(service, make(subject).pk)) == subject


@pytest.mark.parametrize("write", [comment_on, task_on])
def test_addressed_to_a_call_it_lands_on_its_deal_or_client_or_on_the_call_itself(
    service: Service, write: Callable[[Service, object], Message | Task]
) -> None:
    deal, client, nobodys = make_deal(), make_client(), make_call()
    assert belongs_to(write(service, make_call(deal=deal).pk)) == deal
    assert belongs_to(write(service, make_call(client=client).pk)) == client
    assert belongs_to(write(service, nobodys.pk)) == nobodys


def test_a_merged_client_leads_to_the_one_he_was_merged_into(service: Service) -> None:
    survivor = make_client("Анна")
    middle = make_client("Аня", merged_into=survivor)
    first = make_client("Анечка", merged_into=middle)
    assert comment_on(service, first.pk).client == survivor
    assert comment_on(service, make_message(first).pk).client == survivor


@pytest.mark.parametrize("number", ["4242", "0", "-1", "abc", "9" * 40, "1.0", "８０３"])
@pytest.mark.parametrize(
    ("action", "name", "rest"),
    [
        ("message", "leadId", {"message": "x"}),
        ("task", "element_id", {"text": "x", "deadline": "2026-07-01T12:00"}),
    ],
)
def test_a_number_of_nothing_is_an_error_that_names_it(
    service: Service, action: str, name: str, rest: dict[str, str], number: str
) -> None:
    message = service.refusal(action, **{name: number}, **rest)
    assert message == f"Parameter {name}: there is nothing with the number {number}."
    assert (Message.objects.count(), Task.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("action", "parameters", "message"),
    [
        ("message", {"message": "x"}, "Parameter leadId is missing."),
        ("message", {"leadId": "1"}, "Parameters title and message are both missing."),
        ("message", {"leadId": "1", "title": " ", "message": "\0"}, "Parameters title and message are both missing."),
        ("message", {"leadId": "1", "title": "я" * 256}, "Parameter title is longer than 255 characters."),
        ("task", {"text": "x", "deadline": "2026-07-01T12:00"}, "Parameter element_id is missing."),
        ("task", {"element_id": "1", "deadline": "2026-07-01T12:00"}, "Parameter text is missing."),
        ("task", {"element_id": "1", "text": "x"}, "Parameter deadline is missing."),
        (
            "task",
            {"element_id": "1", "text": "x", "deadline": "tomorrow"},
            "Parameter deadline must be a date and time like 2023-01-01T11:11:11, of the years 1970 to 2100.",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    service: Service, action: str, parameters: dict[str, str], message: str
) -> None:
    assert service.refusal(action, **parameters) == message


def test_a_task_goes_to_the_responsible_manager(service: Service) -> None:
    manager, clients_manager, left = make_user(), make_user(), make_user(is_active=False)
    client = make_client(manager=clients_manager)
    assert task_on(service, make_deal(manager=manager, client=client).pk).assignee == manager
    assert task_on(service, make_deal(client=client).pk).assignee == clients_manager
    assert task_on(service, client.pk).assignee == clients_manager
    assert task_on(service, make_deal(manager=left).pk).assignee is None
    assert task_on(service, make_call(manager=manager).pk).assignee == manager


def test_a_deadline_is_utc(service: Service) -> None:
    assert task_on(service, make_deal().pk).due_at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_a_comment_keeps_its_lines_and_its_author(service: Service, integration: Any) -> None:
    deal = make_deal()
    service.ask("message", leadId=deal.pk, title="Тема", message="первая\n\tвторая\r\n\0третья")
    [message] = deal.messages.all()
    assert (message.title, message.text) == ("Тема", "первая\n\tвторая\nтретья")
    assert message.author == integration.user
