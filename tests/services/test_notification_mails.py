"""What goes by e-mail: to whom, when, once, and what becomes of it where the mail server does not answer."""

import smtplib
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client as HttpClient
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from crm.installation import read_anew
from crm.models import Batch, Notification, User
from crm.services import notification_mails
from crm.services.deals import change_deal
from crm.services.notification_mails import mail_notifications, send_messages
from crm.services.notifications import read_all_notifications, trim_notifications
from crm.services.rounds import ROUNDS
from crm.services.tasks import finish_task
from tests.factories import make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db

ALL_KINDS = ["due", "task", "deal", "mention", "lead"]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = True
    read_anew()


def make_reader(name: str = "Иванова Анна", **columns: Any) -> User:
    """Whoever wants everything by e-mail too."""
    login = f"reader{User.objects.count()}"
    chosen = {
        "email": f"{login}@example.ru",
        "mailed_of": ALL_KINDS,
        "language": "en",
        "origin": "https://crm.example",
    }
    return make_user(login=login, full_name=name, **chosen | columns)


@pytest.fixture
def anna() -> User:
    return make_reader()


def sent(*, after: timedelta = MINUTE) -> list[EmailMessage]:
    """What has gone out when the round was gone that long after all was told."""
    Notification.objects.filter(mailed_at=None).update(at=timezone.now() - after)
    mail_notifications()
    return mail.outbox


def test_a_message_says_what_happened_and_where(anna: User) -> None:
    make_task(make_deal(), "Прислать\nпримеры", assignee=anna)

    [message] = sent()

    assert (message.to, message.subject) == (["reader0@example.ru"], "Task for you: Прислать примеры")
    assert message.body == (
        "Task for you: Прислать\nпримеры\n"
        f"https://crm.example/notifications/{Notification.objects.get().pk}/\n\n"
        "--\nWhat Orbita CRM sends you is chosen in your profile.\nhttps://crm.example/profile/\n"
    )
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}


def test_what_came_within_a_minute_goes_together_and_once(anna: User) -> None:
    deal = make_deal("Стрижка", manager=anna)
    make_task(deal, "Позвонить", assignee=anna)
    assert sent(after=MINUTE / 2) == []

    [message] = sent()

    assert message.subject == "Orbita CRM: 2 notifications"
    assert "Deal for you: Стрижка" in str(message.body)
    assert "Task for you: Позвонить" in str(message.body)
    assert sent() == [message]


def test_a_message_is_in_the_language_of_the_person_or_of_the_installation(anna: User) -> None:
    User.objects.update(language="ru")
    make_task(make_deal(), "Позвонить", assignee=anna)

    assert [message.subject for message in sent()] == ["Вам задача: Позвонить"]


def test_of_many_at_once_the_first_is_named_and_the_others_counted(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_mails, "NAMED", 1)
    batch = Batch.objects.create(kind="bulk")
    for number in range(3):
        change_deal(deal=make_deal(f"Сделка {number}"), by=None, manager=anna, batch=batch)
    make_task(make_deal(), "Позвонить", assignee=anna)

    [message] = sent()

    assert "Deal for you: Сделка 0\nand 2 more\n" in str(message.body)
    assert "\n\nand 1 more\nhttps://crm.example/notifications/\n" in str(message.body)
    assert "Позвонить" not in str(message.body)


def test_what_was_read_overtaken_or_not_wanted_any_more_is_not_sent(anna: User) -> None:
    make_task(make_deal(), assignee=anna)
    read_all_notifications(person=anna)
    finish_task(task=make_task(make_deal(), assignee=anna), by=None)
    make_deal(manager=anna)
    User.objects.update(mailed_of=["task"])

    assert sent() == []
    assert not Notification.objects.to_be_mailed().exists()


def test_what_one_may_see_no_more_is_not_sent(anna: User) -> None:
    deal = make_deal("Тайная", manager=anna, by=anna)
    make_message(deal, "@Иванова Анна, скидка 90%", by=make_user())
    User.objects.update(own_only=True)
    change_deal(deal=deal, by=None, manager=make_user())

    assert sent() == []


def test_nothing_is_sent_to_who_left_or_has_no_address(anna: User) -> None:
    make_task(make_deal(), assignee=anna)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert sent() == []

    User.objects.filter(pk=anna.pk).update(is_active=True, email="")
    assert sent() == []


def test_who_wants_it_by_e_mail_alone_is_not_told_in_the_bell_and_opens_it_from_there(
    client: HttpClient, anna: User
) -> None:
    User.objects.update(not_told_of=["task"])
    make_task(make_deal(), "Позвонить", assignee=User.objects.get())

    assert not Notification.objects.unread().exists()
    assert [message.subject for message in sent()] == ["Task for you: Позвонить"]
    client.force_login(anna)
    assert client.get(f"/notifications/{Notification.objects.get().pk}/").status_code == 302


def test_without_a_mail_server_nothing_waits(anna: User, settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = False
    make_task(make_deal(), assignee=anna)

    assert not Notification.objects.filter(by_mail=True).exists()
    Notification.objects.update(by_mail=True)
    assert sent() == []


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, recipient: str = "") -> None:
    """The server says this of messages to `recipient`, or to all."""

    def send(self: EmailBackend, messages: list[EmailMessage]) -> int:
        if any(recipient in address for message in messages for address in message.to):
            raise error
        return accept(self, messages)

    accept = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", send)


@pytest.mark.parametrize("error", [SMTPServerDisconnected("gone"), ConnectionRefusedError("port 587"), TimeoutError()])
def test_while_the_mail_server_does_not_answer_all_waits_and_the_bell_has_it(
    anna: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    make_task(make_deal(), assignee=anna)
    with monkeypatch.context() as broken:
        refuse(broken, error)
        assert sent() == []
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert Notification.objects.visible_to(anna).unread().count() == 1

    assert len(sent()) == 1


def test_what_the_server_refuses_for_good_holds_up_nobody_and_is_not_tried_again(
    anna: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_reader("Смирнов Олег")
    for person in (anna, other):
        make_task(make_deal(), assignee=person)
    refuse(monkeypatch, SMTPRecipientsRefused({anna.email: (550, b"no such user")}), anna.email)

    assert [message.to for message in sent()] == [[other.email]]
    assert not Notification.objects.to_be_mailed().exists()
    assert anna.email not in caplog.text


@pytest.mark.parametrize("error", [SMTPRecipientsRefused({"a": (451, b"greylisted")}), SMTPDataError(452, b"full")])
def test_who_is_refused_for_now_waits_and_holds_up_nobody(
    anna: User, monkeypatch: pytest.MonkeyPatch, error: smtplib.SMTPException
) -> None:
    other = make_reader("Смирнов Олег")
    for person in (anna, other):
        make_task(make_deal(), assignee=person)
    with monkeypatch.context() as refusing:
        refuse(refusing, error, anna.email)
        assert [message.to for message in sent()] == [[other.email]]

    assert [message.to for message in sent()] == [[other.email], [anna.email]]


def test_after_a_day_it_is_not_tried_any_more(anna: User) -> None:
    make_task(make_deal(), assignee=anna)
    User.objects.update(not_told_of=["task"])
    assert sent(after=timedelta(days=1)) == []

    Notification.objects.update(in_crm=False)
    trim_notifications(timezone.now() + MINUTE)

    assert not Notification.objects.filter(read_at=None).exists()


def test_a_job_leaves_what_is_more_to_the_next(
    anna: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(notification_mails, "SECONDS_A_JOB", 0)
    other = make_reader("Смирнов Олег")
    for person in (anna, other):
        make_task(make_deal(), assignee=person)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert sent() == []

    mail_notifications()  # another worker's round, while that job waits
    assert DBTaskResult.objects.count() == 1
    send_messages.call(0)
    assert [message.to for message in mail.outbox] == [[anna.email]]

    [_, following] = DBTaskResult.objects.order_by("enqueued_at")
    assert following.args_kwargs["args"] == [anna.pk]


def test_while_nothing_waits_the_round_is_one_plain_read(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    assert mail_notifications in dict(ROUNDS)
    with django_assert_num_queries(1) as captured:
        mail_notifications()
    assert captured.captured_queries[0]["sql"].startswith("SELECT")


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends(anna: User) -> None:
    make_task(make_deal(), assignee=anna)
    Notification.objects.update(at=timezone.now() - MINUTE)
    together = Barrier(3)

    def work() -> None:
        together.wait()
        send_messages.call(0)
        connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(mail.outbox) == 1
