"""Leads: how many a second beside bare statements, how even, none lost, and none missing from the pull behind it."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import urlencode

import orjson

from tests.bench import bare, servers
from tests.bench.client import Caller, Service
from tests.bench.clock import Times
from tests.bench.databases import QUICK_RUN, Database
from tests.bench.results import Result, ms
from tests.server.production_server import ProductionServer

CALLERS = 16
BULK = 10_000
NUMBERS = count()
# Leads between the first of somebody and the second: more than are under way, and he was new then.
KNOWN_FOR = 2 * CALLERS - 1
STAMP = int(time.time())


@dataclass(frozen=True)
class Amounts:
    """How many leads: in a round that is timed as a whole, those of which each is timed, and against pulls."""

    round: int
    each: int
    pulled: int


WHOLE, QUICK = Amounts(400, 1600, 20_000), Amounts(100, 400, 500)


def bench(database: Database, *, rounds: int) -> Iterator[Result]:
    amounts = QUICK if database.deals < QUICK_RUN else WHOLE
    last = bare.last_number(database)
    with servers.product(database) as server, servers.beside(database, "tests.bench.bare_server") as beside:
        try:
            yield from throughput(database, server, beside, rounds=rounds, leads=amounts.round)
            yield from evenness(database, server, leads=amounts.each)
            yield from in_the_next_pull(database, server, leads=amounts.pulled)
        finally:
            database.inside(f"t.forget({last})")
            database.settle()


def throughput(
    database: Database, server: ProductionServer, beside: str, *, rounds: int, leads: int
) -> Iterator[Result]:
    """As many leads through the product as through bare statements behind the same server, in turn."""
    ours, theirs = [], []
    for number in range(rounds + 1):
        own, bare_rate = rate(through(server), leads), rate(through_bare(beside), leads)
        if number:  # the first warms both up
            ours.append(own)
            theirs.append(bare_rate)
    ratio = median(own / other for own, other in zip(ours, theirs, strict=True))
    note = f"{median(ours):.0f} of {median(theirs):.0f} a second, {CALLERS} callers, {rounds} rounds of {leads}"
    yield Result(database.kind, "leads a second, to bare statements", ratio, aim=0.5, at_least=True, note=note)


def evenness(database: Database, server: ProductionServer, *, leads: int) -> Iterator[Result]:
    """How late the late ones are: by themselves, during a pull of everything, and during a bulk change."""
    aim = 3.0 if database.kind == "postgresql" else None
    beside: dict[str, Callable[[], Any]] = {
        "": quietly,
        " during a full pull": lambda: pulling(server),
        f" during a bulk change of {min(BULK, database.deals):,}": lambda: changing(database),
    }
    for what, doing in beside.items():
        with doing():
            times = Times(send(through(server), leads).seconds)
        yield Result(
            database.kind, f"leads: p95 to the median{what}", times.p95 / times.median, aim=aim,
            note=f"{ms(times.seconds)}, {CALLERS} callers, none lost",
        )  # fmt: skip


def in_the_next_pull(database: Database, server: ProductionServer, *, leads: int) -> Iterator[Result]:
    """Leads against a pull each second, as an analytics service makes it: what was answered before is in it."""
    answered, seen = Sent(), set[int]()
    late = pulls = 0
    puller, since = Service(server.base_url), int(time.time())
    writers = threading.Thread(target=lambda: send(through(server), leads, into=answered))
    writers.start()
    while writers.is_alive() or not pulls:
        time.sleep(1)
        late += missing(puller, since, answered, seen)
        since, pulls = int(time.time()) - 1, pulls + 1
    writers.join()
    late += missing(puller, since, answered, seen)
    if len(answered.numbers) != leads:
        raise RuntimeError(f"{len(answered.numbers)} of {leads} leads were answered")
    yield Result(
        database.kind, "leads that a pull behind them misses", late, "", 0,
        note=f"{leads:,} leads, a pull each second, {pulls} pulls",
    )  # fmt: skip


def missing(puller: Service, since: int, answered: "Sent", seen: set[int]) -> int:
    """How many of those answered before a pull it does not bring; what it brings goes into `seen`."""
    before = set(answered.numbers)
    offset = 0
    while True:
        page = orjson.loads(puller.ask("export", date=since, offset=offset, limit=1000))["orders"]
        seen.update(int(order["id"]) for order in page)
        if len(page) < 1000:
            return len(before - seen)
        offset += 1000


@dataclass
class Sent:
    """Leads that were answered: their deals, and what each took."""

    numbers: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


Send = Callable[[dict[str, str]], int]


def through(server: ProductionServer) -> Callable[[], Send]:
    def connect() -> Send:
        service = Service(server.base_url)
        return lambda lead: int(service.write("lead", **lead)["order_id"])

    return connect


def through_bare(address: str) -> Callable[[], Send]:
    def connect() -> Send:
        caller = Caller(address)
        return lambda lead: int(orjson.loads(caller.get(f"/?{urlencode(lead)}"))["order_id"])

    return connect


def rate(connect: Callable[[], Send], leads: int) -> float:
    started = time.perf_counter()
    send(connect, leads)
    return leads / (time.perf_counter() - started)


def send(connect: Callable[[], Send], leads: int, *, into: Sent | None = None) -> Sent:
    """So many leads by CALLERS at once, a connection each. RuntimeError where one is refused or lost."""
    sent = into if into is not None else Sent()
    begun = len(sent.numbers)
    rest = iter(range(leads))
    lock = threading.Lock()

    def call() -> None:
        ask = connect()
        while True:
            with lock:
                if next(rest, None) is None:
                    return
                lead = some_lead(next(NUMBERS))
            started = time.perf_counter()
            number = ask(lead)
            took = time.perf_counter() - started
            with lock:
                sent.numbers.append(number)
                sent.seconds.append(took)

    with ThreadPoolExecutor(CALLERS) as pool:
        for done in [pool.submit(call) for _ in range(CALLERS)]:
            done.result()
    if len(set(sent.numbers[begun:])) != leads:
        raise RuntimeError(f"{leads} leads made {len(set(sent.numbers[begun:]))} deals")
    return sent


def some_lead(number: int) -> dict[str, str]:
    """Another one each time: two of three are of people whom nobody knows, the third of one who came a while ago."""
    person = number if number % 3 else number - KNOWN_FOR
    phone = f"+7999{(STAMP + person) % 10_000_000:07}"
    return {
        "title": f"Заявка {STAMP}-{number}",
        "name": "Фролова Наталья",
        "phone": phone,
        "text": "Хочу записаться на субботу",
    }


@contextmanager
def quietly() -> Iterator[None]:
    yield


@contextmanager
def pulling(server: ProductionServer) -> Iterator[None]:
    """Beside somebody who pulls all deals, over and over."""
    ended = threading.Event()

    def pull() -> None:
        service = Service(server.base_url)
        while not ended.is_set():
            total = int(orjson.loads(service.ask("export", limit=1000))["pagination"]["total_count"])
            for offset in range(1000, total, 1000):
                if ended.is_set():
                    return
                service.ask("export", offset=offset, limit=1000)

    thread = threading.Thread(target=pull)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def changing(database: Database) -> Iterator[None]:
    """While the server's own worker changes many deals at once; ends when it has."""
    number = database.inside(f"t.start_many({min(BULK, database.deals)})")
    try:
        yield
    finally:
        while database.inside(f"t.state_of({number})") != "done":
            time.sleep(0.5)
