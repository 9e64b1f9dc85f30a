"""The export: a page, a walk, an incremental pull, gzip."""

import gzip
import time
from collections.abc import Iterator

import orjson

from tests.bench import bare, servers
from tests.bench.client import Service
from tests.bench.clock import Times, measure, stopwatch
from tests.bench.databases import PASSWORD, PERSON, Database
from tests.bench.results import Result, ms
from tests.server.production_server import ProductionServer

PAGE = 1000
CHANGED = 200
NAIVE = {"DJANGO_SETTINGS_MODULE": "tests.bench.naive_settings"}


def bench(database: Database, *, rounds: int) -> Iterator[Result]:
    with servers.product(database) as server, servers.beside(database, "tests.bench.naive", **NAIVE) as naive:
        yield from pages(database, server, naive, rounds=rounds)
        yield from whole_pull(database, server)
        yield from incremental(database, server, rounds=rounds)
        yield from compressed(database, server, rounds=rounds)


def pages(database: Database, server: ProductionServer, naive: str, *, rounds: int) -> Iterator[Result]:
    ids = bare.all_ids(database)
    last = (len(ids) - 1) // PAGE * PAGE
    read_bare, service = bare.page_reader(database), Service(server.base_url)
    naively = Service(naive, login=PERSON, secret=PASSWORD)
    begin = Times([stopwatch(lambda: service.ask("export")) for _ in range(5)])
    times = measure(
        {
            "bare": lambda: read_bare(ids[PAGE : 2 * PAGE]),
            "near": lambda: service.ask("export", offset=PAGE, limit=PAGE),
            "far": lambda: service.ask("export", offset=last, limit=PAGE),
        },
        rounds=5 * rounds,
    )
    of_naive = measure(
        {
            "product": lambda: service.ask("export", offset=PAGE, limit=PAGE),
            "near": lambda: naively.get(f"/deals/?limit={PAGE}&offset=0"),
            "product, far": lambda: service.ask("export", offset=last, limit=PAGE),
            "far": lambda: naively.get(f"/deals/?limit={PAGE}&offset={last}"),
            "far, of keys": lambda: naively.get(f"/deals-of-keys/?limit={PAGE}&offset={last}"),
        },
        rounds=rounds,
        warm_up=1,
    )
    kind, near = database.kind, times["near"]
    yield Result(kind, "export: first page of a walk", begin.median, "s", 1, note=ms(begin.seconds))
    yield Result(kind, "export: a page, to bare", near.ratio(times["bare"]), aim=1.5, note=ms(near.seconds))
    if len(ids) % PAGE == 0:
        far = times["far"]
        yield Result(kind, f"export: page at {last:,}, to one near", far.ratio(near), aim=1.1, note=ms(far.seconds))
    # Names are joined, as tutorials have them. An order needs but keys: without a join the far page is had sooner.
    compared = (("near", "product", 25), ("far", "product, far", 100), ("far, of keys", "product, far", None))
    for place, own, aim in compared:
        by_naive = of_naive[place]
        note = f"Django REST framework: {ms(by_naive.seconds)}"
        yield Result(
            kind, f"export: naive page {place}, to ours", by_naive.ratio(of_naive[own]), "×", aim, at_least=True,
            note=note,
        )  # fmt: skip


def whole_pull(database: Database, server: ProductionServer) -> Iterator[Result]:
    """All pages, as an analytics service takes them."""
    service = Service(server.base_url)
    total = int(orjson.loads(service.ask("export", limit=1))["pagination"]["total_count"])
    times, orders = Times(), 0
    for offset in range(0, total, PAGE):
        started = time.perf_counter()
        body = service.ask("export", offset=offset, limit=PAGE)
        times.seconds.append(time.perf_counter() - started)
        orders += body.count(b'"date_create"')
    if orders != total:
        raise RuntimeError(f"{orders} orders came of {total}")
    behind = Times(times.seconds[1:] or times.seconds)  # the first fixes the ids, and is measured by itself
    peak = max(servers.memory_of(pid, "VmHWM") for pid in server.worker_pids)
    yield Result(database.kind, "whole pull: peak of a worker", peak, "MB", 150, note=f"{total:,} deals")
    yield Result(
        database.kind, "whole pull: slowest page, to the median", max(behind.seconds) / behind.median, aim=3,
        note=f"{len(behind.seconds)} pages, {sum(times.seconds):.1f} s in all, {ms(behind.seconds)}",
    )  # fmt: skip


def incremental(database: Database, server: ProductionServer, *, rounds: int) -> Iterator[Result]:
    """What changed since a moment ago: a few deals of all there are."""
    since = int(time.time())
    database.inside(f"t.touch({CHANGED})")
    service = Service(server.base_url)
    found = int(orjson.loads(service.ask("export", date=since))["pagination"]["total_count"])
    times = measure({"pull": lambda: service.ask("export", date=since)}, rounds=5 * rounds)["pull"]
    yield Result(
        database.kind, "incremental pull", 1000 * times.median, "ms", 20, note=f"{found} deals, {ms(times.seconds)}"
    )


def compressed(database: Database, server: ProductionServer, *, rounds: int) -> Iterator[Result]:
    plain, zipped = Service(server.base_url), Service(server.base_url, Accept_Encoding="gzip")
    zipped.headers["Accept-Encoding"] = "gzip"
    ways = {
        "plain": lambda: plain.ask("export", offset=PAGE, limit=PAGE),
        "zipped": lambda: zipped.ask("export", offset=PAGE, limit=PAGE),
    }
    times = measure(ways, rounds=5 * rounds)
    body = ways["zipped"]()
    share = len(body) / len(gzip.decompress(body))
    yield Result(
        database.kind, "export with gzip, to plain", times["zipped"].ratio(times["plain"]), aim=1.3,
        note=f"{100 * share:.0f} % of the bytes",
    )  # fmt: skip
