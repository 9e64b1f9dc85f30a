"""The product's claim: after a minute of a shop's life, with staff editing and workers killed in between, the copy
that the analytics service keeps equals the CRM, row for row.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.factories import SECRET
from tests.roistat import Roistat
from tests.server.production_server import ProductionServer, drop_database, make_database

SECONDS = float(os.environ.get("SHOP_SECONDS", "60"))
VISITORS = 3
SEED = 20260701


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ProductionServer]:
    url = make_database(tmp_path)
    with ProductionServer(tmp_path, url) as running:
        running.manage("add_integration", "roistat", "--secret", SECRET)
        running.manage("add_user", "ivanova", "--role", "manager")
        yield running
    drop_database(url)


@contextmanager
def staff(server: ProductionServer) -> Iterator[None]:
    """Somebody who edits all the while."""
    command = [sys.executable, "-m", "tests.faults.staff", str(SEED)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=server.environment)
    try:
        yield
        assert process.poll() is None, "the staff gave up"
    finally:
        process.terminate()
        process.wait(timeout=30)


def rows(server: ProductionServer) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.rows"]
    output = subprocess.run(command, cwd=settings.BASE_DIR, env=server.environment, check=True, stdout=subprocess.PIPE)
    parsed: dict[str, Any] = json.loads(output.stdout)
    return parsed


def roistat(server: ProductionServer, number: int) -> Roistat:
    return Roistat(server.base_url, "roistat", SECRET, random.Random(SEED + number))


class Visitors:
    """Leads, comments, tasks and calls, from several threads, until they are told to stop."""

    def __init__(self, services: list[Roistat]) -> None:
        self.services = services
        self.closing = threading.Event()
        self.serials = count(1)
        self.ids: dict[str, list[str]] = {"order": [], "message": [], "task": [], "call": []}

    def come(self, number: int) -> None:
        while not self.closing.is_set():
            self.come_once(number)

    def come_once(self, number: int) -> None:
        for name, ids in self.services[number].push(next(self.serials)).items():
            self.ids[name] += ids


def test_after_a_minute_of_a_shops_life_the_copy_equals_the_crm(server: ProductionServer) -> None:
    with ExitStack() as stack:
        *services, puller = (stack.enter_context(roistat(server, number)) for number in range(VISITORS + 1))
        visitors = Visitors(services)
        live_together(server, visitors, puller)
    compare(rows(server), visitors, puller)


def live_together(server: ProductionServer, visitors: Visitors, puller: Roistat) -> None:
    visitors.come_once(0)  # staff need a deal to begin with
    with ThreadPoolExecutor(VISITORS) as pool:
        coming = [pool.submit(visitors.come, number) for number in range(VISITORS)]
        try:
            with staff(server):
                live(server, puller)
        finally:
            visitors.closing.set()
        for one in coming:
            one.result()
    for action in ("export", "export_clients"):
        puller.pull(action)


def compare(crm: dict[str, Any], visitors: Visitors, puller: Roistat) -> None:
    assert puller.orders == crm["orders"]
    assert {number: puller.clients.get(number) for number in crm["clients"]} == crm["clients"]
    assert sorted(set(visitors.ids["order"])) == crm["from_leads"]
    assert len(visitors.ids["order"]) == len(set(visitors.ids["order"]))
    assert sorted(visitors.ids["message"], key=int) == crm["messages"]
    assert sorted(visitors.ids["task"], key=int) == crm["tasks"]
    assert sorted(visitors.ids["call"], key=int) == crm["calls"]
    assert len(visitors.ids["call"]) == crm["all_calls"]
    assert crm["not_ok"] == []
    # It was a life worth the name.
    assert len(crm["from_leads"]) > SECONDS
    assert crm["edits"] > 0
    assert puller.most_pages > 1
    assert sum(service.asked_again for service in visitors.services) > 0


def live(server: ProductionServer, puller: Roistat) -> None:
    """The minute itself: a pull after the other, and a worker killed at a third and at two thirds."""
    began = time.monotonic()
    kills = [SECONDS / 3, SECONDS * 2 / 3]
    while (passed := time.monotonic() - began) < SECONDS:
        if kills and passed > kills[0]:
            kills.pop(0)
            server.kill_worker()
        puller.pull("export")
        puller.pull("export_clients")
        time.sleep(0.2)
