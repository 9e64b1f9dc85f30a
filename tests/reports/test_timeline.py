from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Change, CustomField, Deal, Status, User
from crm.reports.changes import Teller
from crm.reports.timeline import PAGE, Asked, Scope, Timeline, client_scope, count_events, deal_scope, read_timeline
from crm.services.deals import change_deal
from crm.services.tasks import finish_task
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 7, 12, 9, tzinfo=timezone.get_default_timezone())
HOUR = timedelta(hours=1)


def read(scope: Scope, **asked: str) -> Timeline:
    teller = Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk())
    return read_timeline(scope, count_events(scope), Asked(**asked), teller=teller)


def told(timeline: Timeline) -> list[tuple[str, Any]]:
    """Kind and number of what is shown, from the newest on; changes by their verb or field."""
    return [
        (event.kind, event.row.field or event.row.verb if isinstance(event.row, Change) else event.row.pk)
        for day in timeline.days
        for event in day.events
    ]


@pytest.fixture
def deal() -> Deal:
    return make_deal(at=NOON)


def test_all_that_happened_is_told_newest_first(deal: Deal) -> None:
    message = make_message(deal, at=NOON + HOUR)
    call = make_call(deal=deal, started_at=NOON + 2 * HOUR)
    change_deal(deal=deal, by=None, price=100, at=NOON + 3 * HOUR)
    task = finish_task(task=make_task(deal), by=None, at=NOON + 4 * HOUR)
    timeline = read(deal_scope(deal.pk))

    assert told(timeline) == [
        ("tasks", task.pk),
        ("changes", "price"),
        ("calls", call.pk),
        ("comments", message.pk),
        ("changes", "created"),
    ]
    assert timeline.counts == {"changes": 2, "comments": 1, "tasks": 1, "calls": 1}
    assert timeline.total == 5


def test_days_are_those_of_the_installation(deal: Deal) -> None:
    before_midnight = NOON.replace(hour=23, minute=59)
    make_message(deal, at=before_midnight)
    make_message(deal, at=before_midnight + 2 * timedelta(minutes=1))
    with timezone.override("Asia/Vladivostok"):
        days = read(deal_scope(deal.pk)).days

    assert [(day.date.day, len(day.events)) for day in days] == [(13, 1), (12, 2)]


def test_planned_tasks_stand_apart_the_soonest_first(deal: Deal) -> None:
    later, sooner = make_task(deal, due_at=NOON + HOUR), make_task(deal, due_at=NOON)
    timeline = read(deal_scope(deal.pk))

    assert timeline.planned == [sooner, later]
    assert told(timeline) == [("changes", "created")]


@pytest.mark.parametrize("kind", ["comments", "tasks", "calls", "changes"])
def test_a_kind_alone_is_shown_with_all_counts_and_what_is_planned(deal: Deal, kind: str) -> None:
    make_message(deal)
    make_call(deal=deal)
    planned = make_task(deal)
    finish_task(task=make_task(deal), by=None)
    timeline = read(deal_scope(deal.pk), kind=kind)

    assert [of for of, _ in told(timeline)] == [kind]
    assert timeline.counts == {"changes": 1, "comments": 1, "tasks": 2, "calls": 1}
    assert timeline.planned == [planned]


def test_the_pages_walk_through_everything_once_whatever_shares_a_moment(deal: Deal) -> None:
    for number in range(PAGE):
        make_message(deal, at=NOON)
        make_call(deal=deal, started_at=NOON)
        if number % 2:
            finish_task(task=make_task(deal), by=None, at=NOON)
            change_deal(deal=deal, by=None, price=number, at=NOON)
    seen: list[tuple[str, Any]] = []
    ids: list[tuple[str, int]] = []
    before = ""
    while True:
        timeline = read(deal_scope(deal.pk), before=before)
        seen += told(timeline)
        ids += [(event.kind, event.row.pk) for day in timeline.days for event in day.events]
        if not timeline.earlier:
            break
        before = timeline.earlier

    assert len(ids) == len(set(ids)) == timeline.total == 3 * PAGE + 1
    assert [of for of, _ in seen] == sorted(
        (of for of, _ in seen), key=["calls", "tasks", "comments", "changes"].index
    )


def test_planned_tasks_are_on_the_first_page_alone(deal: Deal) -> None:
    make_task(deal)
    for _number in range(PAGE):
        make_message(deal)
    earlier = read(deal_scope(deal.pk)).earlier

    assert read(deal_scope(deal.pk), before=earlier).planned == []


@pytest.mark.parametrize("parameters", [{"kind": "secrets"}, {"before": "yesterday"}, {"before": "9" * 40}, {}])
def test_an_address_that_means_nothing_asks_for_nothing(parameters: dict[str, str]) -> None:
    assert Asked.of(parameters) == Asked()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_a_timeline_takes_the_same_queries_whatever_there_is(
    deal: Deal, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = make_user()
    for number in range(rows):
        make_message(deal, by=person)
        make_task(deal, assignee=person)
        change_deal(deal=deal, by=person, price=number, manager=make_user())
    make_call(deal=deal, manager=person)
    scope = deal_scope(deal.pk)
    teller = Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk())

    with django_assert_num_queries(6):
        timeline = read_timeline(scope, count_events(scope), Asked(), teller=teller)
        for day in timeline.days:
            for event in day.events:
                str(getattr(event.row, "author", None) or getattr(event.row, "by", None))


def test_of_what_a_deal_has_none_nothing_is_asked(
    deal: Deal, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scope = deal_scope(deal.pk)
    teller = Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk())

    with django_assert_num_queries(2):  # how many there are of each, and the change that it was made
        timeline = read_timeline(scope, count_events(scope), Asked(), teller=teller)

    assert [event.kind for day in timeline.days for event in day.events] == ["changes"]


# --- A client's ---


@pytest.fixture
def viewer() -> User:
    return make_user(own_only=True)


def test_a_clients_timeline_is_his_own_and_that_of_his_deals(viewer: User) -> None:
    client = make_client(manager=viewer)
    deal = make_deal(client=client, manager=viewer)
    on_client, on_deal = make_message(client), make_message(deal)
    make_message(make_deal(client=make_client()))
    timeline = read(client_scope(client, viewer=viewer), kind="comments")

    assert told(timeline) == [("comments", on_deal.pk), ("comments", on_client.pk)]
    [day] = timeline.days
    assert [event.deal for event in day.events] == [deal, None]


def test_of_a_deal_that_the_viewer_does_not_see_nothing_is_told(viewer: User) -> None:
    client = make_client(manager=viewer)
    hidden = make_deal(client=client, manager=make_user())
    make_message(hidden)
    make_task(hidden)
    make_call(deal=hidden)
    change_deal(deal=hidden, by=None, price=100)
    timeline = read(client_scope(client, viewer=viewer))

    assert told(timeline) == [("changes", "created")]
    assert timeline.planned == []
    assert timeline.counts == {"changes": 1, "comments": 0, "tasks": 0, "calls": 0}
    assert len(told(read(client_scope(client, viewer=make_user())))) == 5


def test_changes_of_a_clients_deal_name_the_deal(viewer: User) -> None:
    client = make_client()
    deal = make_deal(client=client)
    [day] = read(client_scope(client, viewer=viewer), kind="changes").days

    assert [event.deal for event in day.events] == [deal, None]
