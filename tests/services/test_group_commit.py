"""Group commit: writes of many threads in one transaction, and each of them as if it were alone."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from crm.models import Change, Client, Status
from crm.models.number import take_numbers
from crm.services import group_commit
from crm.services.clients import Visitor
from crm.services.inserting import insert
from crm.services.leads import Lead, take_lead
from crm.services.locking import lock
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


class Together:
    """Threads that come while one is writing, so that the next one takes them along."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(16)
        self.is_writing, self.may_end = Event(), Event()
        self.came = 0

    def first(self) -> None:
        def write() -> None:
            self.is_writing.set()
            assert self.may_end.wait(30)

        group_commit.write(write)

    def come(self, ask: Callable[..., Any], *arguments: Any, **named: Any) -> "Future[Any]":
        """In a thread of its own; returns when it waits."""
        self.came += 1
        asked = self.pool.submit(closing, partial(ask, *arguments, **named))
        wait_until(lambda: len(group_commit._turn.works) + len(group_commit._turn.rows) >= self.came or asked.done())
        return asked


def closing(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    finally:
        connections.close_all()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 30
    while not is_so():
        assert monotonic() < deadline
        sleep(0.001)


@contextmanager
def together() -> Iterator[Together]:
    """Whoever comes within is let off at its end."""
    threads = Together()
    first = threads.pool.submit(closing, threads.first)
    assert threads.is_writing.wait(30)
    try:
        yield threads
    finally:
        threads.may_end.set()
        threads.pool.shutdown()
        first.result()


def change(number: int, **columns: Any) -> Change:
    return Change(**{"number": number, "via": "web", "verb": "created"} | columns)


def numbers() -> list[int]:
    return sorted(Change.objects.values_list("number", flat=True))


def test_who_came_while_another_wrote_goes_into_one_transaction() -> None:
    told: list[str] = []

    def work(name: str) -> Callable[[], str]:
        def write() -> str:
            transaction.on_commit(lambda: told.append("committed"))
            told.append(name)
            insert(change(1))
            return name

        return write

    with together() as threads:
        asked = [threads.come(group_commit.write, work(name)) for name in "abc"]

    assert [one.result() for one in asked] == ["a", "b", "c"]
    assert told == ["a", "b", "c", "committed", "committed", "committed"]
    assert numbers() == [1, 1, 1]


def test_one_that_fails_is_told_so_and_the_others_are_written() -> None:
    def fail() -> None:
        insert(change(2))
        raise ArithmeticError("two")

    with together() as threads:
        good = threads.come(group_commit.write, lambda: insert(change(1)))
        bad = threads.come(group_commit.write, fail)
        last = threads.come(group_commit.write, lambda: insert(change(3)))

    assert (good.result(), last.result()) == (None, None)
    with pytest.raises(ArithmeticError, match="two"):
        bad.result()
    assert numbers() == [1, 3]


def test_what_the_database_refuses_at_the_end_is_refused_to_whom_it_belongs() -> None:
    refused = change(2, batch_id=99_999)  # a key of nothing: looked at when the transaction ends
    with together() as threads:
        bad = threads.come(group_commit.write, lambda: insert(refused))
        good = threads.come(group_commit.write, lambda: insert(change(1)))

    good.result()
    with pytest.raises(IntegrityError):
        bad.result()
    assert numbers() == [1]


def test_where_no_transaction_can_begin_each_is_told_and_the_next_ones_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OperationalError("out of order")

    with together() as threads:
        monkeypatch.setattr(type(connections["default"]), "connect", refuse)
        asked = [threads.come(group_commit.write, lambda: insert(change(1))) for _ in range(2)]

    for one in asked:
        with pytest.raises(OperationalError, match="out of order"):
            one.result()
    monkeypatch.undo()
    group_commit.write(lambda: insert(change(2)))
    assert numbers() == [2]


def test_who_has_a_lock_in_common_with_one_before_finds_what_that_one_wrote() -> None:
    def work() -> int:
        lock("phone:+7")
        found = Client.objects.count()
        insert(Client(name="Анна"))
        return found

    with together() as threads:
        asked = [threads.come(group_commit.write, work, locks=["phone:+7"]) for _ in range(3)]

    assert [one.result() for one in asked] == [0, 1, 2]


def test_each_takes_numbers_of_its_own() -> None:
    def work() -> list[int]:
        return take_numbers(2, using="default") + take_numbers(2, using="default")

    with together() as threads:
        asked = [threads.come(group_commit.write, work, numbers=3) for _ in range(3)]

    taken = [number for one in asked for number in one.result()]
    assert len(set(taken)) == 12
    assert min(take_numbers(1, using="default")) > max(taken)


def test_each_speaks_the_language_of_whoever_asked() -> None:
    def ask(language: str) -> str:
        with translation.override(language):
            return group_commit.write(lambda: gettext("Lead"))

    with together() as threads:
        asked = [threads.come(ask, language) for language in ("ru", "en", "ru")]

    russian, english, again = (one.result() for one in asked)
    assert english == "Lead"
    assert russian == again != english


def test_what_leads_read_of_the_settings_is_read_once_for_all_of_them_and_anew_for_the_next() -> None:
    def take(title: str) -> Status:
        lead = Lead(title=title)
        deal, _remarks = group_commit.write(lambda: take_lead(lead=lead, by=None, via=Change.Via.PROTOCOL))
        return deal.status

    with together() as threads:
        asked = [threads.come(take, title) for title in "абв"]
    first, second, third = (one.result() for one in asked)
    assert first is second is third

    Status.objects.filter(pk=first.pk).update(is_archived=True)
    assert take("г") != first


def test_a_further_lead_asks_for_its_client_and_no_more() -> None:
    def works(count: int) -> list[group_commit._Work]:
        def work(number: int) -> group_commit._Work:
            visitor = Visitor("Анна", f"8923410{number:04}")
            lead = Lead(title="Заявка", visitor=visitor, comment="Хочу записаться")
            return group_commit._Work(
                lambda: take_lead(lead=lead, by=None, via=Change.Via.PROTOCOL), visitor.locks, numbers=3
            )

        return [work(100 * count + number) for number in range(count)]

    for _ in range(3):
        make_user()
    asked = {}
    for count in (1, 3, 30):
        with CaptureQueriesContext(connection) as captured:
            group_commit._write_alone(works(count), [])
        asked[count] = len(captured)

    assert (asked[3] - asked[1], asked[30] - asked[1]) == (2, 29)


def test_a_row_that_comes_while_another_writes_is_there_when_that_one_has_ended() -> None:
    told: list[Exception | None] = []
    with together() as threads:
        threads.come(group_commit.insert_soon, change(1), then=told.append).result()
        assert not told

    assert (told, numbers()) == ([None], [1])


def test_a_row_goes_with_the_next_who_writes_and_knows_its_key() -> None:
    row, told = change(2), list[Any]()
    with together() as threads:
        written = threads.come(group_commit.write, lambda: insert(change(1)))
        threads.come(group_commit.insert_soon, row, then=lambda error: told.append((error, row.pk))).result()

    written.result()
    assert told == [(None, Change.objects.get(number=2).pk)]


def test_a_row_that_is_refused_is_told_and_keeps_nobody_else_from_writing() -> None:
    told: dict[int, Exception | None] = {}
    with together() as threads:
        written = threads.come(group_commit.write, lambda: insert(change(1)))
        for number, via in ((2, "nowhere"), (3, "web")):
            threads.come(group_commit.insert_soon, change(number, via=via), then=partial(told.__setitem__, number))

    written.result()
    assert isinstance(told[2], IntegrityError)
    assert told[3] is None
    assert numbers() == [1, 3]


def test_of_rows_that_came_together_one_that_is_refused_keeps_none_of_the_others_out() -> None:
    told: dict[int, Exception | None] = {}
    with together() as threads:
        for number, via in ((1, "web"), (2, "nowhere"), (3, "web")):
            threads.come(group_commit.insert_soon, change(number, via=via), then=partial(told.__setitem__, number))

    assert [type(told[number]) for number in (1, 2, 3)] == [type(None), IntegrityError, type(None)]
    assert numbers() == [1, 3]


def test_a_row_that_comes_alone_is_inserted_at_once() -> None:
    told: list[Exception | None] = []

    group_commit.insert_soon(change(1), then=told.append)

    assert (told, numbers()) == ([None], [1])


def test_in_a_transaction_of_the_callers_own_it_goes_and_is_undone_with_that() -> None:
    def write_and_change_my_mind() -> None:
        with transaction.atomic():
            group_commit.write(lambda: insert(change(1)))
            group_commit.insert_soon(change(2), then=lambda error: None)
            assert numbers() == [1, 2]
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        write_and_change_my_mind()
    assert numbers() == []


def test_what_fails_in_a_transaction_of_the_callers_own_leaves_that_one_to_go_on() -> None:
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            group_commit.write(lambda: insert(change(1, via="nowhere")))
        group_commit.write(lambda: insert(change(2)))

    assert numbers() == [2]
