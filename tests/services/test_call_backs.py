from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from crm.models import Call, Change, Task
from crm.services.calls import CallReport, log_call, report_call
from tests.factories import make_client, make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db

PHONE = "+7 923 410-29-94"
MISSED = ["NOANSWER", "BUSY", "CANCEL", "CONGESTION", "CHANUNAVAIL"]


def report(status: str, outside_id: str = "1", **columns: object) -> Call:
    came = CallReport(outside_id, caller=PHONE, callee="+7 800 700-00-01", status=status, **columns)  # type: ignore[arg-type]
    return report_call(report=came, by=None)


@pytest.mark.parametrize("status", MISSED)
def test_a_missed_call_on_a_deal_is_a_task_for_its_manager(status: str) -> None:
    manager, at = make_user(), timezone.now()
    deal = make_deal(manager=manager)
    came = CallReport("1", caller=PHONE, status=status, deal=deal)
    call = report_call(report=came, by=None, at=at)

    task = Task.objects.get()
    assert (task.deal, task.assignee, task.author, task.text) == (deal, manager, None, f"Call back: {PHONE}")
    assert task.due_at == at + timedelta(minutes=15)
    assert Change.objects.filter(number=call.pk, field="call_back").values_list("new", flat=True).get() == task.pk
    assert Change.objects.get(number=task.pk).via == "system"


def test_a_missed_call_of_a_client_is_a_task_for_his_manager() -> None:
    manager = make_user()
    client = make_client(phone=PHONE, manager=manager)
    report("NOANSWER")

    task = Task.objects.get()
    assert (task.client, task.assignee) == (client, manager)


def test_the_task_speaks_the_language_of_who_is_to_call() -> None:
    manager = make_user(language="ru")
    report("BUSY", deal=make_deal(manager=manager))

    with override("ru"):
        assert Task.objects.get().text == gettext("Call back: %(phone)s") % {"phone": PHONE}


def test_a_call_that_was_answered_is_no_task() -> None:
    report("ANSWER", deal=make_deal())

    assert not Task.objects.exists()


def test_a_call_that_has_not_ended_yet_is_no_task() -> None:
    report("", deal=make_deal())

    assert not Task.objects.exists()


def test_an_outgoing_call_that_nobody_took_is_no_task() -> None:
    make_client(phone="+7 800 700-00-01", manager=make_user())
    call = report("NOANSWER")

    assert call.direction == "outgoing"
    assert not Task.objects.exists()


def test_a_missed_call_of_nobody_is_no_task() -> None:
    make_client(phone=PHONE)
    report("NOANSWER")

    assert not Task.objects.exists()


def test_reports_of_one_call_make_one_task() -> None:
    deal = make_deal(manager=make_user())
    report("", deal=deal)
    report("NOANSWER", deal=deal)
    report("NOANSWER", deal=deal, duration=30)
    report("BUSY", outside_id="2", deal=deal)

    assert Task.objects.count() == 2


def test_a_call_that_is_known_to_be_missed_before_its_deal_is_a_task_then() -> None:
    report("NOANSWER")
    deal = make_deal(manager=make_user())
    report("NOANSWER", deal=deal)

    assert Task.objects.get().deal == deal


@pytest.mark.parametrize(("hours", "tasks"), [(23, 1), (25, 0)])
def test_a_call_that_was_missed_a_day_before_its_report_is_no_task(hours: int, tasks: int) -> None:
    report("NOANSWER", deal=make_deal(manager=make_user()), started_at=timezone.now() - timedelta(hours=hours))

    assert (Call.objects.count(), Task.objects.count()) == (1, tasks)


def test_the_task_of_an_account_is_the_systems() -> None:
    service = make_integration().user
    came = CallReport("1", caller=PHONE, status="BUSY", deal=make_deal(manager=make_user()))
    report_call(report=came, by=service)

    assert Task.objects.get().author is None


def test_a_call_written_down_by_hand_is_his_who_wrote_it() -> None:
    person, deal = make_user(), make_deal()
    call = log_call(
        subject=deal, direction="outgoing", status="ANSWER", phone=PHONE, duration=240, note="Ждёт примеры", by=person
    )

    assert (call.deal, call.manager, call.callee, call.caller, call.duration) == (deal, person, PHONE, "", 240)
    assert list(deal.messages.values_list("text", "author")) == [("Ждёт примеры", person.pk)]
    assert Change.objects.get(number=call.pk).verb == "created"
