"""What the database itself refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm.models import (
    Attachment,
    Batch,
    Call,
    Change,
    Client,
    Contact,
    CustomField,
    Deal,
    DefaultView,
    FieldChoice,
    FieldValue,
    FirmPhone,
    Integration,
    Message,
    ProbableDuplicates,
    SavedView,
    SettingChange,
    Status,
    StatusStay,
    Task,
    User,
)
from tests.factories import make_call, make_client, make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def deal_and_client() -> dict[str, Any]:
    return {"deal": make_deal(), "client": make_client()}


def message(**columns: Any) -> Message:
    return Message.objects.create(**{"text": "x"} | columns)


def task(**columns: Any) -> Task:
    return Task.objects.create(**{"text": "x", "due_at": NOON} | columns)


def attachment(**columns: Any) -> Attachment:
    return Attachment.objects.create(**{"name": "x", "size": 1, "kind": "x", "stored": "x"} | columns)


def contact_twice() -> None:
    client = make_client()
    for _ in range(2):
        Contact.objects.create(client=client, kind="phone", entered="8", normalised="+78007000000")


def call_twice() -> None:
    account = make_integration().user
    for _ in range(2):
        Call.objects.create(account=account, outside_id="1")


def value_twice() -> None:
    deal = make_deal()
    for _ in range(2):
        FieldValue.objects.create(deal=deal, field_id=1, text="x", key="x")


def choice_twice() -> None:
    for _ in range(2):
        FieldChoice.objects.create(field_id=1, label="x")


def duplicates(first: int, second: int) -> None:
    clients = [make_client(), make_client()]
    ProbableDuplicates.objects.create(first=clients[first], second=clients[second])


def duplicates_twice() -> None:
    clients = [make_client(), make_client()]
    for _ in range(2):
        ProbableDuplicates.objects.create(first=clients[0], second=clients[1])


def merged_into_itself() -> None:
    client = make_client()
    Client.objects.filter(pk=client.pk).update(merged_into=client)


def integration_twice() -> None:
    integration = make_integration()
    Integration.objects.create(user=integration.user)


VIEW = {"page": "deals", "name": "x"}


def two_default_views() -> None:
    user = make_user()
    view = SavedView.objects.create(**VIEW, owner=user)
    for _ in range(2):
        DefaultView.objects.create(user=user, page="deals", view=view)


REFUSED: dict[str, Callable[[], object]] = {
    "an unknown role": lambda: User.objects.create(login="x", role="boss"),
    "a login twice": lambda: [make_user(login="x"), make_user(login="x")],
    "a manager who is not remembered": lambda: User.objects.create(login="x", role="manager", was_responsible=False),
    "a service switched off as a person is": lambda: User.objects.create(login="x", kind="service", is_active=False),
    "two accounts of a service user": integration_twice,
    "an unknown kind of status": lambda: Status.objects.create(name="x", kind="x"),
    "an unknown colour": lambda: Status.objects.create(name="x", palette="#fff"),
    "two statuses of deleted deals": lambda: Status.objects.create(name="x", kind="deleted"),
    "an archived status of deleted deals": lambda: Status.objects.filter(pk=5).update(is_archived=True),
    "an unknown type of field": lambda: CustomField.objects.create(name="x", type="x"),
    "a field's name twice": lambda: CustomField.objects.create(name="source"),
    "a choice twice": choice_twice,
    "a value twice": value_twice,
    "an empty value": lambda: FieldValue.objects.create(deal=make_deal(), field_id=1, text="", key=""),
    "an unknown kind of contact": lambda: Contact.objects.create(client=make_client(), kind="fax", entered="1"),
    "an empty contact": lambda: Contact.objects.create(client=make_client(), kind="phone", entered=""),
    "a contact twice": contact_twice,
    "a client merged into himself": merged_into_itself,
    "duplicates in the wrong order": lambda: duplicates(1, 0),
    "duplicates of one client": lambda: duplicates(0, 0),
    "duplicates twice": duplicates_twice,
    "a deal in the trash that forgot its status": lambda: Deal.objects.create(title="x", status_id=5, trashed_at=NOON),
    "a deal with a status to come back to but not in the trash": lambda: Deal.objects.create(
        title="x", status_id=1, status_before_trash_id=1
    ),
    "two open stays": lambda: StatusStay.objects.create(deal=make_deal(), status_id=2, entered_at=NOON),
    "a stay that ends before it begins": lambda: StatusStay.objects.create(
        deal=make_deal(), status_id=2, entered_at=NOON, left_at=NOON - timedelta(seconds=1)
    ),
    "a message of nothing": message,
    "a message of two": lambda: message(**deal_and_client()),
    "a message of a deal and a call": lambda: message(deal=make_deal(), call=make_call()),
    "a message that says nothing": lambda: message(deal=make_deal(), text=""),
    "a task of nothing": task,
    "a task of two": lambda: task(**deal_and_client()),
    "a task that says nothing": lambda: task(deal=make_deal(), text=""),
    "a call of two": lambda: make_call(**deal_and_client()),
    "a call reported twice": call_twice,
    "a call in no direction": lambda: make_call(direction="sideways"),
    "a record that is no web address": lambda: make_call(file_url="javascript:alert(1)"),
    "a phone of the firm twice": lambda: [FirmPhone.objects.create(entered="8", normalised="+7") for _ in range(2)],
    "a change by an unknown way": lambda: Change.objects.create(number=1, verb="created", via="telepathy"),
    "a view's name twice": lambda: [SavedView.objects.create(**VIEW, owner=user) for user in [make_user()] * 2],
    "a view of no page": lambda: SavedView.objects.create(**VIEW | {"page": "moon"}, owner=make_user()),
    "a view without a name": lambda: SavedView.objects.create(**VIEW | {"name": ""}, owner=make_user()),
    "two default views of a page": two_default_views,
    "a file of nothing": attachment,
    "a file of two": lambda: attachment(**deal_and_client()),
    "a file without a name": lambda: attachment(deal=make_deal(), name=""),
    "an empty file": lambda: attachment(deal=make_deal(), size=0),
    "a change of no known setting": lambda: SettingChange.objects.create(about="weather", verb="added", via="web"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_database_refuses(case: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[case]()


ALLOWED: dict[str, Callable[[], object]] = {
    "a phone that two clients share": lambda: [make_client(phone="88007000000") for _ in range(2)],
    "texts that are no number twice at one client": lambda: [
        Contact.objects.create(client=client, kind="phone", entered="нет") for client in [make_client()] * 2
    ],
    "calls without an outside id": lambda: [make_call() for _ in range(2)],
    "a call of nobody": make_call,
    "a message by its title alone": lambda: message(deal=make_deal(), text="", title="x"),
    "a message and a task of a call": lambda: [message(call=make_call()), task(call=make_call())],
    "a record over http": lambda: make_call(file_url="HTTP://example.org/1.mp3"),
    "a stay of no length": lambda: StatusStay.objects.create(
        deal=make_deal(), status_id=2, entered_at=NOON, left_at=NOON
    ),
    "a batch of nobody": lambda: Batch.objects.create(kind="import"),
    "an observer who never managed": lambda: make_user(role="observer"),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_the_database_allows(case: str) -> None:
    with transaction.atomic():
        assert ALLOWED[case]()
