"""The servers that are asked: the product's own, and what it is measured against behind the same gunicorn."""

import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import suite
from tests.bench.databases import Database
from tests.server.production_server import ProductionServer, free_port

CONFIGURED = runpy.run_path(str(suite.ROOT / "gunicorn.conf.py"))
THREADS, KEEP_ALIVE = str(CONFIGURED["threads"]), str(CONFIGURED["keepalive"])
WORKER = [
    "--worker-class",
    CONFIGURED["worker_class"],
    "--workers",
    "2",
    "--threads",
    THREADS,
    "--keep-alive",
    KEEP_ALIVE,
]


@contextmanager
def product(database: Database, **environment: str) -> Iterator[ProductionServer]:
    """What `make serve` starts, where Python keeps what it compiled, as it does unless it is told not to."""
    environment |= {"PYTHONDONTWRITEBYTECODE": ""}
    with (
        TemporaryDirectory() as directory,
        ProductionServer(Path(directory), database.url, **environment) as server,
    ):
        yield server


@contextmanager
def beside(database: Database, application: str, **environment: str) -> Iterator[str]:
    """Another application on the same database, with as many workers and threads; its address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *WORKER, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = subprocess.Popen(
        [*command, "--log-level", "error", application],
        cwd=suite.ROOT,
        env=os.environ | {"DATABASE_URL": database.url, "GUNICORN_CMD_ARGS": ""} | environment,
        stdout=subprocess.DEVNULL,  # the log of accesses
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_for(port: int, seconds: float = 30) -> float:
    """How long it took until something answered there; TimeoutError where nothing does."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.01)
        else:
            return time.perf_counter() - started
        finally:
            connection.close()
    raise TimeoutError(port)


def memory_of(pid: int, name: str) -> int:
    """A process's "VmHWM" (peak) or "Pss" (its share of what is in use), in MB."""
    file = "smaps_rollup" if name == "Pss" else "status"
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) // 1024
    raise ValueError(name)
