"""Nothing personal is left of a client who was erased, and the figures stay where they were to stay."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client as HttpClient
from django.utils import timezone

from analytics_api.last_values import drop_last_values
from analytics_api.models import CallLog, LastValue, RetryKey, Walk
from crm.models import (
    Bulk,
    Call,
    Change,
    Client,
    CustomField,
    Deal,
    FieldValue,
    Message,
    Notification,
    SavedView,
    Task,
    User,
)
from crm.services.bulk import carry_on, do_some, prepare_bulk, start_bulk
from crm.services.clients import Visitor, change_client
from crm.services.deals import change_deal
from crm.services.erasing import drop_kept, erase_client
from crm.services.leads import Lead, take_lead
from tests.analytics_api.asking import Service
from tests.factories import (
    make_call,
    make_client,
    make_deal,
    make_field,
    make_integration,
    make_message,
    make_task,
    make_user,
    make_view,
)

pytestmark = pytest.mark.django_db

NAME, PHONE, EMAIL, SAID = "Фролова Наталья", "+7 (923) 410-29-94", "frolova@example.ru", "Просит рассрочку"
# Whatever notation: the digits alone, and escaped as SQLite keeps JSON.
PERSONAL = ["Фролова", "фролова", "410-29-94", "4102994", EMAIL, SAID, "рассрочку", "record.mp3", "Линии 5"]


def dump() -> str:
    """The whole database as text; JSON as it is shown, not as it is escaped."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    return json.dumps(json.loads(out.getvalue()), ensure_ascii=False)


def left() -> list[str]:
    everything = dump()
    return [word for word in PERSONAL if word in everything]


@pytest.fixture
def anna() -> User:
    return make_user(login="anna", full_name="Соколова Анна")


@pytest.fixture
def service(db: None) -> Service:
    make_integration()
    return Service()


@pytest.fixture
def deal(service: Service, anna: User) -> Deal:
    """What a year leaves of a person: leads with and without an id, a failed one, calls, comments, tasks, edits."""
    make_field("Адрес")
    lead = {"name": NAME, "phone": PHONE, "email": EMAIL, "text": SAID, "title": f"{NAME}: свадьба"}
    data = json.dumps({"2": "yandex", "Адрес": "Линии 5, кв. 2", "quiz": NAME})
    answer = service.ask("lead", id="77", visit="437272", data=data, **lead)
    service.ask("lead", id="77", visit="437272", data=data, **lead | {"phone": "8 923 4102994"})
    service.ask("message", leadId=answer["order_id"], message=SAID)
    service.ask("task", element_id=answer["order_id"], deadline="2026-12-01T10:00:00", text=f"Позвонить: {NAME}")
    link = "https://example.ru/record.mp3"
    service.ask("call", id="c1", caller="89234102994", callee="100", status="ANSWER", file_url=link)
    service.ask("call", id="c2", caller=PHONE, order_id="99999999")
    deal = Deal.objects.get(pk=answer["order_id"])
    make_call(caller="8(923)410-29-94", callee="100")
    make_task(make_call(deal=deal, caller=PHONE, callee="100"), f"Перезвонить: {NAME}")
    client = deal.client
    assert client is not None
    change_client(client=client, by=anna, notes=SAID, name="Фролова")
    change_client(client=client, by=anna, name=NAME)
    change_deal(deal=deal, by=anna, price=Decimal(48_000), lost_reason=SAID)
    make_message(client, SAID)
    LogEntry.objects.create(
        user_id=anna.pk,
        content_type=ContentType.objects.get_for_model(Client),
        object_id=str(client.pk),
        object_repr=str(client),
        action_flag=CHANGE,
    )
    make_view(f"Как {NAME}", owner=anna, query=urlencode({"q": NAME, "task": "overdue"}), is_shared=True)
    start_bulk(bulk=bulk_for([deal], anna, text=f"Позвонить: {NAME}", query=urlencode({"q": PHONE})))
    merged = make_client("Наталья Фролова", email="nata@example.ru")
    Client.objects.filter(pk=merged.pk).update(merged_into=client)
    make_message(deal, f"@Соколова Анна, позвоните: {NAME}", by=make_user())
    change_deal(deal=deal, by=None, manager=anna)
    return deal


def bulk_for(deals: list[Deal], by: User, *, text: str, query: str = "") -> Bulk:
    """A task with this text on each of the deals."""
    said = {"text": text, "due_at": timezone.now().isoformat(), "all_day": False, "assignee": None}
    return prepare_bulk(deed="task", numbers=[deal.pk for deal in deals], by=by, parameters=said, query=query)


def erase(deal: Deal, anna: User, *, keep_deals: bool = True) -> None:
    assert deal.client is not None
    erase_client(client=deal.client, by=anna, keep_deals=keep_deals)


@pytest.mark.parametrize("keep_deals", [True, False])
def test_nothing_personal_is_left_in_the_database(deal: Deal, anna: User, keep_deals: bool) -> None:
    assert left() == PERSONAL

    erase(deal, anna, keep_deals=keep_deals)
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=2)):
        drop_kept()

    assert left() == []


def test_a_saved_view_asks_on_without_the_words_that_name_the_person(deal: Deal, anna: User) -> None:
    other = make_view(owner=anna, query="q=%D0%A1%D0%B2%D0%B0%D0%B4%D1%8C%D0%B1%D0%B0&manager=3")
    erase(deal, anna)

    named = SavedView.objects.exclude(pk=other.pk).get()
    assert (named.name, named.query, named.is_shared) == (f"#{named.pk}", "task=overdue", True)
    assert list(SavedView.objects.filter(pk=other.pk).values_list("name", "query")) == [(other.name, other.query)]


def test_a_bulk_that_is_still_to_write_of_the_person_leaves_the_rest_as_it_is(
    deal: Deal, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.services.bulk.AT_ONCE", 0)
    monkeypatch.setattr("crm.services.deeds.Plan.piece", 1)
    monkeypatch.setattr(type(carry_on), "enqueue", lambda task, number: None)
    deals, texts = [deal, make_deal()], (f"Как {NAME}?", "Позвонить")
    bulk, other = (start_bulk(bulk=bulk_for(deals, anna, text=text)) for text in texts)
    do_some(bulk.pk)
    erase(deal, anna)

    ended, going_on = do_some(bulk.pk), do_some(other.pk)

    assert (ended.state, ended.changed, ended.left) == (Bulk.State.DONE, 1, {"gone": [bulk.numbers[1]]})
    assert (going_on.state, going_on.parameters["text"]) == (Bulk.State.RUNNING, "Позвонить")


def test_a_kept_deal_stays_in_the_figures_without_the_person(deal: Deal, anna: User) -> None:
    erase(deal, anna)

    kept = Deal.objects.get(pk=deal.pk)
    assert (kept.title, kept.client, kept.extra, kept.lost_reason) == (f"#{deal.pk}", None, {}, "")
    assert (kept.price, kept.visit, kept.status, kept.created_at) == (
        Decimal(48_000),
        "437272",
        deal.status,
        deal.created_at,
    )
    assert list(FieldValue.objects.values_list("field__name", "text")) == [("source", "yandex")]
    assert json.loads(kept.order_json)["name"] == f"#{deal.pk}"
    assert "client_id" not in json.loads(kept.order_json)
    assert kept.changed_at > deal.changed_at


def test_of_a_kept_deal_the_calls_are_counted_and_what_was_written_is_gone(deal: Deal, anna: User) -> None:
    erase(deal, anna)

    assert list(Call.objects.values_list("deal", "caller", "callee", "file_url")) == [(deal.pk, "", "", "")]
    assert (Message.objects.count(), Task.objects.count()) == (0, 0)


def test_nobody_is_told_of_him_any_more(client: HttpClient, deal: Deal, anna: User) -> None:
    told = Notification.objects.filter(person=anna)
    kinds = set(told.values_list("kind", flat=True))
    assert kinds == {"lead", "deal", "mention"}

    erase(deal, anna)

    client.force_login(anna)
    page = client.get("/notifications/").content.decode()
    assert set(told.values_list("kind", flat=True)) == {"lead", "deal"}
    assert ("Фролова" in page, f"#{deal.pk}" in page) == (False, True)


def test_deals_that_are_not_kept_go_as_rows(deal: Deal, anna: User) -> None:
    erase(deal, anna, keep_deals=False)

    rows = (Deal, Client, Call, Message, Task, FieldValue)
    assert [model.objects.count() for model in rows] == [0] * len(rows)


def test_one_change_names_who_erased_and_nobody_else(deal: Deal, anna: User) -> None:
    client = deal.client
    assert client is not None
    erase(deal, anna, keep_deals=False)

    assert list(Change.objects.values_list("number", "verb", "field", "old", "new", "by")) == [
        (client.pk, "erased", "", None, None, anna.pk)
    ]


def test_another_client_keeps_all_that_is_his(deal: Deal, anna: User) -> None:
    other = make_client("Анна", phone="+7 923 410-29-95")
    theirs = make_deal("Окрашивание", client=other, values={CustomField.objects.get(pk=1): "ya.ru"})
    make_message(theirs, "Спасибо")
    call = make_call(caller="+7 923 410-29-95", callee="100")

    erase(deal, anna)

    assert Deal.objects.filter(client=other).get() == theirs
    assert FieldValue.objects.filter(deal=theirs).count() == Message.objects.filter(deal=theirs).count() == 1
    assert Call.objects.filter(caller="+7 923 410-29-95").get() == call


def test_a_retry_of_an_erased_lead_does_not_bring_him_back(service: Service, deal: Deal, anna: User) -> None:
    erase(deal, anna, keep_deals=False)

    answer = service.ask("lead", id="77", name=NAME, phone=PHONE)

    assert answer == {"status": "ok", "order_id": str(deal.pk)}
    assert (Deal.objects.count(), Client.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_who_comes_again_is_somebody_new(deal: Deal, anna: User) -> None:
    erase(deal, anna)

    again, _remarks = take_lead(lead=Lead(visitor=Visitor(NAME, PHONE)), by=None, via=Change.Via.WEB)

    assert again.client != deal.client
    assert Client.objects.count() == 1


def test_the_log_of_calls_keeps_that_he_was_asked_about_and_not_what(deal: Deal, anna: User) -> None:
    before = CallLog.objects.count()
    erase(deal, anna)

    assert CallLog.objects.count() == before
    assert set(RetryKey.objects.values_list("number", flat=True)) >= {deal.pk}


def test_last_values_are_kept_while_a_walk_that_began_before_lives(service: Service, deal: Deal, anna: User) -> None:
    for number in range(3):
        make_deal(f"{number}", client=make_client(f"{number}"))
    service.ask("export", limit=2)
    erase(deal, anna, keep_deals=False)
    now = timezone.now()

    drop_last_values(now + timedelta(minutes=50))
    # Nobody walks the clients: they are not kept for long.
    assert set(LastValue.objects.values_list("action", flat=True)) == {"export"}
    Walk.objects.update(last_page_at=now + timedelta(minutes=50))
    drop_last_values(now + timedelta(minutes=100))
    assert LastValue.objects.count() == 1
    drop_last_values(now + timedelta(minutes=111))
    assert LastValue.objects.count() == 0
