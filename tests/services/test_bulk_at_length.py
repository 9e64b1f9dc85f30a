"""Ten thousand deals moved at once while others work on them: each exactly once, and put back exactly as it was."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from crm.models import Bulk, Change, Deal, Status, StatusStay, User
from crm.models.number import take_numbers
from crm.services import bulk as bulk_services
from crm.services import pieces
from crm.services.bulk import carry_on, do_some, prepare_bulk, start_bulk, undo_bulk
from crm.services.deals import change_deal, move_deal
from crm.services.orders import Scheme, write_order
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

State = Bulk.State
NEW, IN_WORK, WON = 1, 2, 3
MANY = 10_000
# Every tenth is in work already. One writer gives another price to some of the deals, the other wins some.
IN_WORK_BEFORE, REPRICED, WON_BY_ANNA = slice(0, MANY, 10), slice(3, MANY, 10), slice(5, MANY, 9)
PRICE = Decimal("0.5")
# Seconds: what a longer transaction writes comes behind where a pull that runs meanwhile has looked.
EXPORT_REACHES_BACK = 5


class Writer(Thread):
    """Somebody who does something to one deal after another, until he is told to stop."""

    def __init__(self, numbers: list[int], do: Callable[[Deal], object]) -> None:
        super().__init__()
        self.numbers, self.do, self.enough = numbers, do, Event()
        self.done: list[int] = []
        self.wrong: list[Exception] = []

    def run(self) -> None:
        try:
            for number in self.numbers:
                if self.enough.wait(0.02):
                    break
                self.do(Deal.objects.get(pk=number))
                self.done.append(number)
        except Exception as error:
            self.wrong.append(error)
        finally:
            connections.close_all()

    def stop(self) -> set[int]:
        """The numbers of those to which he did it."""
        self.enough.set()
        self.join()
        assert self.wrong == []
        return set(self.done)


class Worker:
    """Does the jobs that a bulk enqueues. It is killed once, in the midst of a piece, and the job is begun anew."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs: list[int] = []
        self.pieces, self.longest = 0, 0.0
        monkeypatch.setattr(type(carry_on), "enqueue", lambda task, number: self.jobs.append(number))
        monkeypatch.setattr(bulk_services, "do_some", self.do_piece)

    def do_piece(self, number: int) -> Bulk:
        self.pieces += 1
        begun = time.monotonic()
        with transaction.atomic():
            bulk = do_some(number)
            if self.pieces == 4:
                raise SystemExit
        self.longest = max(self.longest, time.monotonic() - begun)
        return bulk

    def work(self) -> None:
        while self.jobs:
            number = self.jobs.pop()
            try:
                carry_on.call(number)
            except SystemExit:
                self.jobs.append(number)


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Иванова Марина")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(pieces, "BREATH", 0.03)
    return Worker(monkeypatch)


@pytest.fixture
def numbers() -> list[int]:
    """Deals as the services would have left them, in a fraction of the time."""
    before, scheme = timezone.now() - timedelta(days=1), Scheme.current()
    deals = [
        Deal(pk=pk, title="Заявка", status_id=NEW, price=1, created_at=before, changed_at=before)
        for pk in take_numbers(MANY, using="default")
    ]
    for deal in deals[IN_WORK_BEFORE]:
        deal.status_id = IN_WORK
    for deal in deals:
        write_order(deal, [], scheme=scheme)
    Deal.objects.bulk_create(deals)
    StatusStay.objects.bulk_create(
        StatusStay(deal=deal, status_id=deal.status_id, entered_at=before) for deal in deals
    )
    return [deal.pk for deal in deals]


@pytest.fixture
def writers(numbers: list[int]) -> Iterator[list[Writer]]:
    anna, won = make_user(full_name="Соколова Анна"), Status.objects.get(pk=WON)
    both = [
        Writer(numbers[REPRICED], lambda deal: change_deal(deal=deal, price=PRICE, by=anna)),
        Writer(numbers[WON_BY_ANNA], lambda deal: move_deal(deal=deal, status=won, by=anna)),
    ]
    yield both
    for writer in both:
        writer.stop()


def rows() -> dict[int, dict[str, Any]]:
    """All deals in the database; of the moments that come with a change, whether there is one."""
    return {
        row["id"]: row | {"changed_at": None, "closed_at": row["closed_at"] is not None}
        for row in Deal.objects.values()
    }


def stays() -> dict[int, list[tuple[int, bool]]]:
    """Of each deal the statuses that it was in, one after the other, and whether it left them."""
    told = defaultdict(list)
    for deal, status, left_at in StatusStay.objects.order_by("pk").values_list("deal", "status", "left_at"):
        told[deal].append((status, left_at is not None))
    return dict(told)


def stays_of(*statuses: int) -> list[tuple[int, bool]]:
    """The stays of a deal that passed these statuses and is in the last one."""
    return [*((status, True) for status in statuses[:-1]), (statuses[-1], False)]


def stories(bulk: Bulk) -> dict[int, list[str]]:
    """Of each deal who moved it, in the order in which it happened."""
    told = defaultdict(list)
    moves = Change.objects.filter(field="status").order_by("pk").values_list("number", "batch", "by")
    for number, batch, by in moves:
        told[number].append("bulk" if batch else "undo" if by == bulk.by_id else "anna")
    return dict(told)


def expected(was: dict[str, Any], *, repriced: bool, won: bool) -> dict[str, Any]:
    """The row of a deal after all that, given as it was before."""
    deal = Deal(**was | ({"price": PRICE} if repriced else {}) | ({"status_id": WON} if won else {}))
    write_order(deal, [], scheme=Scheme.current())
    return was | {name: getattr(deal, name) for name in ("price", "status_id", "order_json")} | {"closed_at": won}


def test_ten_thousand_are_moved_and_put_back_exactly_while_two_write_to_them(
    marina: User, worker: Worker, numbers: list[int], writers: list[Writer]
) -> None:
    before, to_work = rows(), {"status": IN_WORK, "lost_reason": ""}
    for writer in writers:
        writer.start()

    bulk = start_bulk(bulk=prepare_bulk(deed="status", numbers=numbers, by=marina, parameters=to_work))
    worker.work()

    bulk.refresh_from_db()
    moved = {number for number, story in stories(bulk).items() if "bulk" in story}
    same, met = sorted(set(numbers) - moved), [len(writer.done) for writer in writers]
    assert (bulk.state, bulk.position, bulk.changed, bulk.left) == (State.DONE, MANY, len(moved), {"same": same})
    assert set(same) <= set(numbers[IN_WORK_BEFORE])

    undo_bulk(bulk=bulk, by=marina)
    worker.work()

    assert [len(writer.done) > some > 0 for writer, some in zip(writers, met, strict=True)] == [True, True]
    repriced, won = (writer.stop() for writer in writers)
    bulk.refresh_from_db()
    kept = [number for number, story in sorted(stories(bulk).items()) if story == ["bulk", "anna"]]
    assert (bulk.state, bulk.put_back) == (State.UNDONE, len(moved) - len(kept))
    assert bulk.kept == [[number, "changed"] for number in kept]
    assert rows() == {
        number: expected(was, repriced=number in repriced, won=number in won) for number, was in before.items()
    }
    assert stays() == {
        number: stays_of(was["status_id"], *[IN_WORK] * (number in kept), *[WON] * (number in won))
        for number, was in before.items()
    }
    assert worker.longest < EXPORT_REACHES_BACK
