"""Who is told of what, and for how long."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Batch, Change, Deal, Message, Notification, Role, Task, User
from crm.services.clients import Visitor
from crm.services.deals import change_deal, move_deal, trash_deal
from crm.services.leads import Lead, TakenError, take_deal, take_lead
from crm.services.notifications import read_all_notifications, trim_notifications
from crm.services.rounds import ROUNDS
from crm.services.tasks import change_task, finish_task
from tests.factories import make_client, make_deal, make_integration, make_message, make_status, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return make_user(full_name="Иванова Анна")


@pytest.fixture
def oleg() -> User:
    return make_user(full_name="Смирнов Олег")


def told(person: User) -> list[tuple[str, Deal | Task | Message | None]]:
    """Kind and subject of what a person has not read."""
    unread = Notification.objects.visible_to(person).unread().order_by("pk")
    return [(one.kind, one.deal or one.task or one.message) for one in unread]


def make_lead(**columns: object) -> Deal:
    lead = Lead(visitor=Visitor(name="Ольга", phone="+7 923 410-29-94"), **columns)  # type: ignore[arg-type]
    deal, _remarks = take_lead(lead=lead, by=make_integration("roistat").user, via=Change.Via.PROTOCOL)
    return deal


def test_a_task_is_told_to_whom_a_colleague_gives_it(anna: User, oleg: User) -> None:
    task = make_task(make_deal(), by=anna, assignee=oleg)

    assert (told(oleg), told(anna)) == ([("task", task)], [])


def test_nobody_is_told_of_what_he_gave_himself(anna: User) -> None:
    make_task(make_deal(manager=anna, by=anna), by=anna, assignee=anna)
    change_deal(deal=make_deal(), by=anna, manager=anna)

    assert told(anna) == []


def test_a_task_that_is_given_on_is_told_to_the_next_and_the_first_forgets_it(anna: User, oleg: User) -> None:
    task = make_task(make_deal(), assignee=anna)
    assert told(anna) == [("task", task)]

    change_task(task=task, by=anna, assignee=oleg)

    assert (told(anna), told(oleg)) == ([], [("task", task)])
    finish_task(task=task, by=anna)
    assert told(oleg) == []


def test_a_deal_is_told_to_its_new_manager(anna: User, oleg: User) -> None:
    deal = make_deal(manager=oleg, by=anna)
    assert told(oleg) == [("deal", deal)]

    change_deal(deal=deal, by=oleg, manager=anna, title="Стрижка")
    change_deal(deal=deal, by=oleg, title="Стрижка и укладка")

    assert (told(anna), told(oleg)) == ([("deal", deal)], [])


def test_an_import_tells_nobody(anna: User) -> None:
    make_deal(manager=anna, via=Change.Via.IMPORT)
    make_task(make_deal(), assignee=anna, via=Change.Via.IMPORT)

    assert Notification.objects.count() == 0


def test_what_was_done_to_many_at_once_is_told_once(anna: User, oleg: User) -> None:
    batch = Batch.objects.create(kind="bulk", by=oleg)
    deals = [make_deal(f"Сделка {number}") for number in range(3)]
    for deal in deals:
        change_deal(deal=deal, by=oleg, manager=anna, batch=batch)
    make_task(deals[0], assignee=anna, by=oleg, batch=batch)

    assert told(anna) == [("deal", deals[0]), ("task", Task.objects.get())]
    assert list(Notification.objects.order_by("pk").values_list("count", flat=True)) == [3, 1]


def test_a_lead_of_nobody_is_told_to_all_who_may_take_it(anna: User, oleg: User) -> None:
    make_user(role=Role.OBSERVER)
    make_user(is_active=False)
    deal = make_lead()

    assert {one.person for one in Notification.objects.all()} == {anna, oleg}
    assert (told(anna), told(oleg)) == ([("lead", deal)], [("lead", deal)])


def test_a_lead_for_somebody_is_told_to_him_alone(anna: User, oleg: User) -> None:
    deal = make_lead(manager=oleg)

    assert (told(anna), told(oleg)) == ([], [("deal", deal)])


def test_all_who_are_told_of_a_lead_cost_one_insert(anna: User) -> None:
    def tables_written(manager: User | None = None) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            take_lead(lead=Lead(title="Стрижка", manager=manager), by=None, via=Change.Via.PROTOCOL)
        inserts = [query["sql"] for query in captured if query["sql"].startswith('INSERT INTO "')]
        return [sql.split('"')[1] for sql in inserts]

    to_one = tables_written(anna)
    for _ in range(20):
        make_user()

    assert tables_written() == to_one
    assert to_one.count("crm_notification") == 1


def test_whoever_takes_a_lead_first_has_it_and_the_bells_of_all_clear(anna: User, oleg: User) -> None:
    deal = make_lead()

    assert take_deal(deal=deal, by=anna).manager == anna
    with pytest.raises(TakenError) as error:
        take_deal(deal=deal, by=oleg)

    assert error.value.deal.manager == anna
    assert take_deal(deal=deal, by=anna).manager == anna  # pressed twice
    assert (told(anna), told(oleg)) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_of_several_who_take_a_lead_at_once_one_has_it(anna: User, oleg: User) -> None:
    deal, together = make_lead(), Barrier(2)
    outcomes: list[User | None] = []

    def take(person: User) -> None:
        seen = Deal.objects.get(pk=deal.pk)
        together.wait()  # both have seen that it is nobody's
        try:
            take_deal(deal=seen, by=person)
            outcomes.append(person)
        except TakenError as error:
            outcomes.append(error.deal.manager)
        connection.close()

    takers = [Thread(target=take, args=[person]) for person in (anna, oleg)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()

    deal.refresh_from_db()
    assert outcomes == [deal.manager, deal.manager]
    assert deal.manager in (anna, oleg)


def test_a_lead_that_is_closed_or_in_the_trash_needs_nobody(anna: User) -> None:
    closed, trashed = make_lead(), make_lead()

    move_deal(deal=closed, status=make_status(kind="lost"), by=None, lost_reason="Дорого")
    trash_deal(deal=trashed, by=None)

    assert told(anna) == []


def test_a_mention_is_told_to_those_who_may_see_what_it_stands_on(anna: User, oleg: User) -> None:
    deal = make_deal(manager=anna)
    Notification.objects.all().delete()
    User.objects.filter(pk=oleg.pk).update(own_only=True)
    text = "@Иванова Анна и @смирнов  олег, посмотрите"

    message = make_message(deal, text, by=make_user())

    assert (told(anna), told(oleg)) == ([("mention", message)], [])
    on_client = make_message(make_client(manager=oleg), text, by=anna)
    oleg.refresh_from_db()
    assert told(oleg) == [("mention", on_client)]


def test_what_comes_from_outside_mentions_nobody(anna: User) -> None:
    make_message(make_deal(), "@Иванова Анна", by=make_integration().user, via=Change.Via.PROTOCOL)

    assert told(anna) == []


def test_a_deal_that_one_may_see_no_more_is_not_told(anna: User, oleg: User) -> None:
    message = make_message(make_deal(manager=anna), "@Иванова Анна", by=oleg)
    change_deal(deal=Deal.objects.get(), by=oleg, manager=oleg)
    assert told(anna) == [("mention", message)]

    anna.own_only = True

    assert told(anna) == []


def test_who_does_not_want_to_be_told_is_not(anna: User, oleg: User) -> None:
    User.objects.filter(pk=anna.pk).update(not_told_of=["lead", "task"])
    anna.refresh_from_db()
    make_task(make_deal(), assignee=anna)
    deal = make_lead()

    assert (told(anna), told(oleg)) == ([], [("lead", deal)])


def test_read_all_reads_the_persons_own(anna: User, oleg: User) -> None:
    deal = make_lead()

    read_all_notifications(person=anna)

    assert (told(anna), told(oleg)) == ([], [("lead", deal)])


def test_what_was_read_long_ago_goes_and_what_waits_stays(anna: User) -> None:
    now = timezone.now()
    waiting, done, read = (make_task(make_deal(), assignee=anna) for _ in range(3))
    finish_task(task=done, by=anna)
    Notification.objects.update(at=now - timedelta(days=200))
    Notification.objects.filter(task=read).update(read_at=now - timedelta(days=89))
    trim_notifications(now)
    assert told(anna) == [("task", waiting)]
    assert Notification.objects.filter(read_at=now).values_list("task", flat=True).get() == done.pk

    trim_notifications(now + timedelta(days=2))
    assert set(Notification.objects.values_list("task", flat=True)) == {waiting.pk, done.pk}
    trim_notifications(now + timedelta(days=91))
    assert set(Notification.objects.values_list("task", flat=True)) == {waiting.pk}
    trim_notifications(now + timedelta(days=166))
    assert not Notification.objects.exists()


def test_the_worker_trims_by_itself() -> None:
    assert trim_notifications in dict(ROUNDS)
