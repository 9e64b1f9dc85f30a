"""The desk: what the server takes for a page, with all deals and with ten thousand."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from urllib.parse import unquote, urlencode

from tests.bench import bare, servers
from tests.bench.client import Desk
from tests.bench.clock import Times, measure
from tests.bench.databases import Database
from tests.bench.results import Result, ms

SMALL = 10_000
ABOUT = 60  # ms
# In the database, of the statement that finds the deals of a text.
FOUND = 10  # ms


def bench(database: Database, *, rounds: int) -> Iterator[Result]:
    small = database.of_size(SMALL)
    with ExitStack() as stack:
        desks = {}
        for one in (database, small):
            one.prepare()
            desks[one.deals] = Desk(stack.enter_context(servers.product(one)).base_url)
        for name in PAGES:
            pages = {deals: address(one, name) for deals, one in ((database.deals, database), (small.deals, small))}
            ways = {str(deals): partial(desks[deals].get, page) for deals, page in pages.items()}
            times = measure(ways, rounds=rounds)
            yield from told(database, name, times)
    yield from found_by_text(database, rounds=rounds)


def told(database: Database, name: str, times: dict[str, Times]) -> Iterator[Result]:
    large, small = times[str(database.deals)], times[str(SMALL)]
    yield Result(database.kind, f"desk: {name}", 1000 * large.median, "ms", ABOUT, note=ms(large.seconds))
    if database.deals > SMALL:
        yield Result(
            database.kind, f"desk: {name}, to {SMALL:,} deals", large.ratio(small), aim=1.5, note=ms(small.seconds)
        )


# In braces what `bare.some_of` finds.
PAGES = {
    "board": "/",
    "board of one manager": "/?manager=me",
    "list": "/deals/",
    "list filtered": "/deals/?task=none&manager=me",
    "list by price": "/deals/?sort=-price",
    "list by a rare text": "/deals/?q={visit}",
    "list by a common word": "/deals/?" + urlencode({"q": "стриж"}),
    "list by a phone": "/deals/?q={phone}",
    "search box": "/search/?" + urlencode({"q": "анна"}),
    "search box by a phone": "/search/?q={phone}",
    "deal": "/deals/{deal}/",
    "client": "/clients/{client}/",
    "clients": "/clients/",
    "tasks": "/tasks/?of=all",
    "calls": "/calls/",
}


def address(database: Database, name: str) -> str:
    """The page's address with a deal, client and phone that are there."""
    return PAGES[name].format(**bare.some_of(database))


def found_by_text(database: Database, *, rounds: int) -> Iterator[Result]:
    """The statements that the search box sends to find deals, in the database alone."""
    run = bare.runner(database)
    rare = unquote(bare.some_of(database)["visit"])
    for what, text in (("rare", rare), ("common", "стриж"), ("absent", "нетутакого")):
        statements = json.loads(database.inside(f"t.asked({text!r})"))
        times = measure({what: partial(run_all, run, statements)}, rounds=5 * rounds)[what]
        yield Result(
            database.kind, f"search by {what} text, in the database", 1000 * times.median, "ms", FOUND,
            note=ms(times.seconds),
        )  # fmt: skip


def run_all(run: Callable[[str], object], statements: list[str]) -> None:
    for one in statements:
        run(one)
