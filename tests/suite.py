"""`make test`: the suite on SQLite and, where it answers, on PostgreSQL, and what of the code it reaches."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.chromium import EXECUTABLE

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = ROOT / "var" / "coverage.data"
LEAST_COVERAGE = {"analytics_api": 95, "crm": 90}
# What a page does in a browser does not depend on the database: on SQLite some tests of it are enough.
ON_SQLITE = ["-m", "not browser or smoke"]
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


def main(arguments: list[str]) -> int:
    """Exit status: 0 when all that ran is green and, with CI=true, nothing was left out. `arguments` go to pytest."""
    left_out = []
    postgres = postgres_url()
    if not answers(postgres):
        left_out.append(f"PostgreSQL: nothing answers at {postgres.rpartition('@')[2]}")
        postgres = ""
    if EXECUTABLE is None:
        left_out.append("Chromium: not installed, so no browser test ran")
        arguments = ["-m", "not browser", *arguments]

    # Counting lines costs a fifth of the time: it is done once, in the run that is shorter.
    failed = not run_pytest("sqlite", "", arguments or (ON_SQLITE if postgres else []), counts=True)
    if postgres:
        failed |= not run_pytest("postgresql", postgres, arguments, counts=False)
    if not arguments:
        failed |= not coverage_is_enough(enforced=not left_out)

    for program in left_out:
        print(f"LEFT OUT  {program}")
    if left_out and os.environ.get("CI") == "true":
        print("With CI=true nothing may be left out.")
        failed = True
    return int(failed)


def postgres_url() -> str:
    """The server on which test databases may be made, from DATABASE_URL or TEST_POSTGRES_URL if they name one."""
    database_url = os.environ.get("DATABASE_URL", "")
    if database_url.startswith(("postgres://", "postgresql://")):
        return database_url
    return os.environ.get("TEST_POSTGRES_URL", LOCAL_POSTGRES)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def run_pytest(name: str, database_url: str, arguments: list[str], *, counts: bool) -> bool:
    print(f"\n=== {name} ===", flush=True)
    environment = os.environ | {"COVERAGE_FILE": str(COVERAGE), "DATABASE_URL": database_url}
    if not database_url:
        del environment["DATABASE_URL"]
    # Python may keep what it compiled: else each of the many servers and commands that tests start compiles all of it.
    environment["PYTHONDONTWRITEBYTECODE"] = ""
    # In the order of their names: by the number of tests, the longest of all, which is alone in its file, came last.
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    command += ["--cov", "--cov-report="] if counts else []
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def coverage_is_enough(*, enforced: bool) -> bool:
    """Prints what no test reaches. Where something was left out, what only that reaches is missing: no bar holds."""
    environment = os.environ | {"COVERAGE_FILE": str(COVERAGE)}
    enough = True
    for package, bar in LEAST_COVERAGE.items():
        print(f"\n--- coverage of {package}, lines and branches: at least {bar} % ---", flush=True)
        report = [sys.executable, "-m", "coverage", "report", f"--include={package}/*", "--skip-covered"]
        report.append(f"--fail-under={bar}")
        enough &= subprocess.run(report, cwd=ROOT, env=environment, check=False).returncode == 0
    return enough or not enforced


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
