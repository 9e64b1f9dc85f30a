"""Every example of the source document, answered as printed: shape, order of keys, types, under its ids."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from crm.models import Client, Contact, CustomField, Deal, Message, Role, Status, Task, User
from tests.analytics_api.asking import Service

SCHEME: dict[str, Any] = {
    "statuses": [
        {"id": "1", "name": "Новая"},
        {"id": "2", "name": "В работе"},
        {"id": "3", "name": "Оплачена"},
        {"id": "4", "name": "Закрыта"},
        {"id": "5", "name": "Удалена"},
    ],
    "fields": [
        {"id": "1", "name": "referrer"},
        {"id": "2", "name": "source"},
        {"id": "3", "name": "utmSource"},
        {"id": "4", "name": "utmMedium"},
        {"id": "5", "name": "utmCampaign"},
        {"id": "10", "name": "Филиал"},
    ],
    "managers": [{"id": "72", "name": "Иванова Марина Михайловна"}],
}


@pytest.fixture
def document(service: Service) -> Service:
    """The document's branch field and manager, under its ids."""
    CustomField.objects.create(pk=10, name="Филиал", position=10)
    User.objects.create(pk=72, login="ivanova", full_name="Иванова Марина Михайловна", role=Role.MANAGER)
    return service


def next_number_is(number: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('crm_number', %s, false)", [number])
        else:
            cursor.execute("INSERT OR REPLACE INTO crm_number (id, value) VALUES (1, %s)", [number - 1])


def printed(service: Service, query: str) -> str:
    return json.dumps(service.answer(query), ensure_ascii=False)


def as_text(payload: dict[str, Any]) -> str:
    """Two texts are equal only where keys stand in one order and numbers are not strings."""
    return json.dumps(payload, ensure_ascii=False)


def test_import_scheme(document: Service) -> None:
    assert printed(document, "action=import_scheme") == as_text(SCHEME)


def test_export_clients(document: Service) -> None:
    clients = [
        (7, "Федотова Ольга Викторовна", "88000000000", "simple@mail.ru"),
        (8, "Иванова Марина Владимировна", "89234102993", "88000000000"),
        (9, "Фролова Наталья Леонидовна", "89234102994", "88000000000"),
    ]
    for number, name, phone, email in clients:
        client = Client.objects.create(pk=number, name=name)
        Contact.objects.create(client=client, kind=Contact.Kind.PHONE, entered=phone)
        Contact.objects.create(client=client, kind=Contact.Kind.EMAIL, entered=email)
        Deal.objects.create(pk=100 + number, title="Звонки", client=client, status_id=1)
    expected = {
        "clients": [{"id": str(n), "name": name, "phone": phone, "email": email} for n, name, phone, email in clients],
        "pagination": {"total_count": "3", "limit": "1000"},
    }
    assert printed(document, "action=export_clients&offset=0&limit=1000") == as_text(expected)


def test_export(document: Service) -> None:
    CustomField.objects.filter(name="utmCampaign").delete()  # the example has it no more
    orders = [
        (198, "Звонки", "1657620091", "(static)"),
        (199, "Звонки", "1657620323", "(static)"),
        (200, "Звонки", "1657621909", "yandex"),
        (201, "Звонки", "1657622063", "(static)"),
        (202, "JivoSite", "1657622112", "437272"),
    ]
    for number, title, seconds, visit in orders:
        moment = datetime.fromtimestamp(int(seconds), UTC)
        Deal.objects.create(pk=number, title=title, visit=visit, status_id=1, created_at=moment, changed_at=moment)
    expected = {
        **SCHEME,
        "fields": [field for field in SCHEME["fields"] if field["id"] != "5"],
        "pagination": {"total_count": "5", "limit": "1000"},
        "orders": [
            {"id": str(n), "name": title, "date_create": seconds, "status": "1", "visit": visit}
            for n, title, seconds, visit in orders
        ],
    }
    query = "limit=1000&offset=0&date=1657497600&action=export"
    assert printed(document, query) == as_text(expected)


def test_lead(document: Service) -> None:
    next_number_is(802)  # the client's; the deal becomes 803
    query = (
        "title=JivoSite&text=&name=Анна&phone=88007000000&email=test@mail.ru"
        '&data={"1":"https://www.google.ru","2":"seo_google_","3":"Неизвестно","4":"Неизвестно"}'
        "&created_date=2022-07-12+10:35:12&visit=437272&action=lead"
    )
    assert printed(document, query) == as_text({"status": "ok", "order_id": "803"})

    deal = Deal.objects.get(pk=803)
    assert (deal.title, deal.visit, deal.status_id) == ("JivoSite", "437272", 1)
    assert deal.created_at == datetime(2022, 7, 12, 10, 35, 12, tzinfo=UTC)
    assert deal.client is not None
    assert deal.client.name == "Анна"
    assert [str(contact) for contact in deal.client.contacts.order_by("kind")] == ["test@mail.ru", "88007000000"]
    assert {value.field_id: value.text for value in deal.field_values.all()} == {
        1: "https://www.google.ru",
        2: "seo_google_",
        3: "Неизвестно",
        4: "Неизвестно",
    }


@pytest.fixture
def deal_803(document: Service) -> Deal:
    return Deal.objects.create(pk=803, title="JivoSite", status=Status.objects.first_open())


def test_message(document: Service, deal_803: Deal) -> None:
    next_number_is(810)
    query = f"action=message&leadId=803&title={quote('Заголовок сообщения')}&message={quote('Текст сообщения')}"
    assert printed(document, query) == as_text({"status": "ok", "message_id": "810"})
    message = Message.objects.get(pk=810)
    assert (message.deal, message.title, message.text) == (deal_803, "Заголовок сообщения", "Текст сообщения")


def test_task(document: Service, deal_803: Deal) -> None:
    next_number_is(811)
    query = f"action=task&element_id=803&deadline=2023-01-01T11:11:11&text={quote('Текст задачи')}"
    assert printed(document, query) == as_text({"status": "ok", "task_id": "811"})
    task = Task.objects.get(pk=811)
    assert (task.deal, task.text) == (deal_803, "Текст задачи")
    assert task.due_at == datetime(2023, 1, 1, 11, 11, 11, tzinfo=UTC)


def test_call(document: Service, deal_803: Deal) -> None:
    next_number_is(814)
    query = (
        "action=call&id=1803&callee=78007000000&caller=78007000001&visit=12345&marker=vk_new_post"
        "&status=answered&duration=50&file_url=&order_id=803&date=2023-01-01T11:11:11"
    )
    assert printed(document, query) == as_text({"status": "ok", "call_id": "814"})
    [call] = deal_803.calls.all()
    assert (call.pk, call.caller, call.callee) == (814, "78007000001", "78007000000")
    assert (call.visit, call.marker, call.status, call.duration) == ("12345", "vk_new_post", "ANSWER", 50)
    assert call.started_at == datetime(2023, 1, 1, 11, 11, 11, tzinfo=UTC)
    assert call.file_url == ""
