"""The worker for background jobs as a process, started and watched by the production server."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from django.conf import settings

from tests.server.production_server import ProductionServer, wait_until


def ask(server: ProductionServer, code: str) -> str:
    """Runs Python on the server's database."""
    return server.manage("shell", "--no-imports", "-c", textwrap.dedent(code)).strip()


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_job_is_done_though_its_worker_is_killed_in_the_middle(server: ProductionServer, tmp_path: Path) -> None:
    told, begun = tmp_path / "told", tmp_path / "told.begun"
    ask(server, f"from tests.jobs import wait_for_file; wait_for_file.enqueue({str(told)!r}, 'survived')")
    wait_until(begun.exists)
    killed = server.job_worker_pid
    assert killed is not None

    begun.unlink()
    os.kill(killed, signal.SIGKILL)
    told.touch()
    ask(
        server,
        "from crm.models import Lease; from django.utils.timezone import now; Lease.objects.update(until=now())",
    )

    wait_until(begun.exists)
    server.wait_for_log("was left undone: now READY")
    assert server.job_worker_pid not in (None, killed)
    count = "from crm.models import Batch; print(Batch.objects.filter(kind='survived').count())"
    wait_until(lambda: ask(server, count) == "1")


def test_a_reload_brings_a_new_worker_and_the_end_of_the_server_ends_it(server: ProductionServer) -> None:
    wait_until(lambda: server.job_worker_pid is not None)
    first = server.job_worker_pid

    server.reload()
    wait_until(lambda: server.job_worker_pid not in (None, first))
    second = server.job_worker_pid
    server.stop()

    assert second is not None
    assert is_gone(second)


def test_a_worker_does_not_outlive_the_server_that_was_killed(server: ProductionServer) -> None:
    command = f"'{sys.executable}' manage.py work --beside-parent & echo $!; wait"
    with subprocess.Popen(
        ["sh", "-c", command],
        cwd=settings.BASE_DIR,
        env=server.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        worker = int(parent.stdout.readline())
        assert parent.stderr.readline().endswith(" is ready\n")
        assert not is_gone(worker)

        parent.kill()

        wait_until(lambda: is_gone(worker))
