"""`python -m tests.bench [part …]`: all parts, or those named; BENCH_DEALS deals (a million unless it says less).

`python -m tests.bench profile` measures nothing: it shows where the time of the slowest page goes.
"""

import os
import sys
from collections.abc import Callable, Iterator

from tests.bench import desk, export, footprint, writes
from tests.bench.databases import DIRECTORY, QUICK_RUN, databases
from tests.bench.results import Result, keep, table

PARTS: dict[str, Callable[..., Iterator[Result]]] = {
    "export": export.bench,
    "writes": writes.bench,
    "desk": desk.bench,
    "footprint": footprint.bench,
}
PROFILE = "profile"


def main(names: list[str]) -> int:
    """Exit status: 2 for a part that is not there. A missed aim is told, not failed: machines differ."""
    if unknown := set(names) - {*PARTS, PROFILE}:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join([*PARTS, PROFILE])}", file=sys.stderr)
        return 2
    deals = int(os.environ.get("BENCH_DEALS", "1000000"))
    rounds = 3 if deals < QUICK_RUN else 10
    results: list[Result] = []
    for database in databases(deals):
        print(f"--- {database.kind}, {deals:,} deals ---", flush=True)
        database.prepare()
        if names == [PROFILE]:
            print(database.inside(f"t.profile({[desk.address(database, name) for name in desk.PAGES]!r})"))
            continue
        for name, part in PARTS.items():
            if not names or name in names:
                for result in part(database, rounds=rounds):
                    print(" | ".join(result.cells()), flush=True)
                    results.append(result)
    if results:
        print(f"\n{table(results)}")
        keep(results, DIRECTORY / f"results-{deals}.json", deals=deals)
    return 0


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    sys.exit(main(sys.argv[1:]))
