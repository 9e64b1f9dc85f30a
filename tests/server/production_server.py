"""The production server as a process of its own, on a free port and a database of its own."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import httpx
import psycopg
from django.conf import settings
from psycopg import sql

START_SECONDS = 60


class ProductionServer:
    """What `make serve` starts. `directory` takes its log and its static files; `environment` stands above what the
    tests were started with: TLS_CERT, WORKERS, … Used in a `with`, or by `start()` and `stop()`.
    """

    def __init__(self, directory: Path, database_url: str, **environment: str) -> None:
        self.log_file = directory / "server.log"
        self.port = free_port()
        scheme = "https" if "TLS_CERT" in environment else "http"
        self.base_url = f"{scheme}://localhost:{self.port}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.server.settings",
            "TEST_STATIC_ROOT": str(directory / "static"),
            "DATABASE_URL": database_url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SECRET_KEY": settings.SECRET_KEY,
            **environment,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when the server is ready; RuntimeError with its log if it does not get so far."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log}")
            time.sleep(0.05)

    def launch(self) -> None:
        """As `start`, and waits for nothing."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Ends the server as a supervisor does: requests under way are still answered."""
        self.process.terminate()
        self.process.wait(timeout=40)

    def reload(self) -> None:
        """New workers take over from the old ones."""
        self.process.send_signal(signal.SIGHUP)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/readyz", verify=False).status_code == 200  # noqa: S501  (only: is it up)
        except httpx.TransportError:
            return False

    def manage(self, *arguments: str) -> str:
        """Runs a management command on the server's database; its output."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    @property
    def worker_pids(self) -> list[int]:
        """Those that answer requests."""
        return [pid for pid in self.child_pids if not does_jobs(pid)]

    @property
    def job_worker_pid(self) -> int | None:
        return next(filter(does_jobs, self.child_pids), None)

    @property
    def child_pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> None:
        """`kill -9` of one worker; returns at once, the master starts another."""
        os.kill(self.worker_pids[0], signal.SIGKILL)

    @property
    def log(self) -> str:
        """What the server has written so far, to standard output and to standard error."""
        return self.log_file.read_text()

    def wait_for_log(self, text: str, times: int = 1) -> None:
        """Returns when the log holds `text` so many times: a line of it is written after the answer has gone out."""
        wait_until(lambda: self.log.count(text) >= times)


def does_jobs(pid: int) -> bool:
    try:
        return b"\0work\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def make_database(directory: Path) -> str:
    """The URL of a database of the kind that the tests run on, with nothing but what the migrations put there; on
    PostgreSQL to be dropped when done.
    """
    if is_sqlite():
        return f"sqlite:///{shutil.copy(migrated().removeprefix('sqlite:///'), directory / 'crm.sqlite3')}"
    return create_database(template=migrated())


@cache
def migrated() -> str:
    """The URL of one that is copied from then on: the migrations take the longest of a server's start."""
    directory = TemporaryDirectory()
    atexit.register(directory.cleanup)
    url = empty_database(Path(directory.name))
    atexit.register(drop_database, url)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url}, check=True)
    return url


def empty_database(directory: Path) -> str:
    """As `make_database`, with nothing in it at all."""
    return f"sqlite:///{directory}/crm.sqlite3" if is_sqlite() else create_database()


def is_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == "crm.sqlite")


def create_database(template: str = "template1") -> str:
    """The URL of a new one on the PostgreSQL server of the tests, a copy of `template`."""
    name = f"{settings.TEST_DATABASE}_server_{os.getpid()}_{time.monotonic_ns()}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with administration() as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template.rpartition("/")[2])))
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


def drop_database(url: str) -> None:
    if not url.startswith("sqlite"):
        name = url.rpartition("/")[2]
        with administration() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def administration() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
