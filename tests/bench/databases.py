"""The data to measure on: made once by `seed_demo`, kept between runs, brought up to date by migrations."""

import os
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests import suite

DIRECTORY = suite.ROOT / "var" / "bench"
LOGIN, SECRET = "bench", "a-secret-of-the-benchmarks"
# With fewer deals a run is a quick one: it shows that all can be measured, and roughly what.
QUICK_RUN = 50_000
PERSON, PASSWORD = "bench-desk", "seen-by-the-stopwatch"


@dataclass(frozen=True)
class Database:
    """One that holds `deals` deals; `kind` is "postgresql" or "sqlite"."""

    kind: str
    url: str
    deals: int

    @property
    def path(self) -> str:
        """Of SQLite's file."""
        return urlsplit(self.url).path

    def of_size(self, deals: int) -> "Database":
        """One of the same kind with so many deals."""
        return next(one for one in databases(deals) if one.kind == self.kind)

    def manage(self, *arguments: str) -> str:
        """What a management command says."""
        environment = os.environ | {"DATABASE_URL": self.url}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=suite.ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    def inside(self, statement: str) -> str:
        """What a statement prints that is carried out in the product's own process; `t` is tests.bench.touching."""
        script = f"import tests.bench.touching as t; {statement}"
        return self.manage("shell", "--no-imports", "--command", script).strip()

    def prepare(self) -> None:
        """Create it, or bring it up to date; its deals are made the first time only."""
        self._create()
        self.manage("migrate", "--verbosity", "0")
        if self.inside("t.is_empty()") == "True":
            self.manage("seed_demo", "--deals", str(self.deals))
            self.settle()
        self.inside("t.let_in()")
        self.manage("add_integration", LOGIN, "--secret", SECRET)

    def _create(self) -> None:
        if self.kind == "sqlite":
            DIRECTORY.mkdir(parents=True, exist_ok=True)
            return
        server, name = urlunsplit(urlsplit(self.url)._replace(path="/postgres")), urlsplit(self.url).path[1:]
        with psycopg.connect(server, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def settle(self) -> None:
        """Do at once what PostgreSQL would do by itself in time, after very many rows came or went."""
        if self.kind == "postgresql":
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")


def databases(deals: int) -> list[Database]:
    """One of each kind that answers, with this many deals."""
    found = [Database("sqlite", f"sqlite:///{DIRECTORY}/crm-{deals}.sqlite3", deals)]
    server = suite.postgres_url()
    if suite.answers(server):
        url = urlunsplit(urlsplit(server)._replace(path=f"/orbita_bench_{deals}"))
        found.insert(0, Database("postgresql", url, deals))
    return found
