"""What an installation weighs: its start, its idle workers, its pages."""

import gzip
import re
import time
from collections.abc import Iterator

import httpx

from crm.stylesheet import sources
from tests import suite
from tests.bench import servers
from tests.bench.client import Desk
from tests.bench.databases import Database
from tests.bench.results import Result

CARDS = 400
KB = 1000


def bench(database: Database, *, rounds: int) -> Iterator[Result]:
    with servers.product(database) as server:
        desk = Desk(server.base_url)
        page, cards = board_of(desk)
        yield Result(
            database.kind, f"board of {CARDS} cards, compressed", len(gzip.compress(page, 6)) / KB * CARDS / cards,
            "KB", 60, note=f"{cards} cards, {len(page) / KB:.0f} KB of HTML",
        )  # fmt: skip
        yield Result(database.kind, "own CSS and JavaScript, compressed", own_parts() / KB, "KB", 60)
        text = page.decode()
        stylesheets = len(re.findall(r'rel="stylesheet"', text))
        blocking = len(re.findall(r"<script (?![^>]*(?:defer|module))[^>]*src=", text))
        yield Result(database.kind, "requests that a page waits for", stylesheets + blocking, "", 2)
        yield Result(database.kind, "idle worker (PSS)", idle_memory(database), "MB", 110)
        server.stop()
        server.start()  # it has all that it gathers at the first time
        server.stop()
        started = time.perf_counter()
        server.launch()
        while not answers(server.base_url):
            time.sleep(0.01)
        yield Result(database.kind, "start-up to the first answer", time.perf_counter() - started, "s", 2)


def board_of(desk: Desk) -> tuple[bytes, int]:
    """The board's page, and how many cards are on it."""
    page = desk.page("/")
    return page, page.count(b'class="card-link"')


def own_parts() -> int:
    scripts = (suite.ROOT / "static" / "js").glob("*.js")
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in [*sources(), *scripts])


def idle_memory(database: Database) -> int:
    """Of workers that have answered nothing yet, as most of the day they do."""
    with servers.product(database) as server:
        time.sleep(2)
        return max(servers.memory_of(pid, "Pss") for pid in server.worker_pids)


def answers(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
