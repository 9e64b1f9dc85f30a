"""The production server's master process, which watches over the worker for background jobs too.

`python -m crm.server.arbiter -c gunicorn.conf.py` is gunicorn with that worker beside its own.
"""

import subprocess
import sys
import time
from typing import Any

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.arbiter import Arbiter as GunicornArbiter

# One that dies at once, for want of a database say, is not begun anew all the time.
RESTART_SECONDS = 5
# On a small machine the workers that answer would wait for it at the start; its jobs can.
HEAD_START_SECONDS = 1


class JobWorker:
    """`manage.py work` as a process of its own."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.not_before = time.monotonic() + HEAD_START_SECONDS

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> bool:
        """Start it where it is not there; whether it was started."""
        if self.is_alive or time.monotonic() < self.not_before:
            return False
        self.not_before = time.monotonic() + RESTART_SECONDS
        # In a session of its own, so that Ctrl+C reaches it through the server alone, which waits for it.
        command = [sys.executable, "manage.py", "work", "--beside-parent"]
        self.process = subprocess.Popen(command, start_new_session=True)  # noqa: S603  (all of our own)
        return True

    def ask_to_stop(self) -> None:
        """Let it finish the job that it is at."""
        if self.process is not None:
            self.process.terminate()

    def stop(self, seconds: float) -> None:
        """Returns when it has ended; after so many seconds by force: another worker takes its job up again."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Arbiter(GunicornArbiter):
    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.job_worker = JobWorker()

    def manage_workers(self) -> None:
        """Called about once a second."""
        super().manage_workers()
        if self.job_worker.keep_alive():
            self.log.info("Starting the worker for background jobs")

    def reload(self) -> None:
        """A new one, with the new code, comes as soon as the old one has ended."""
        self.job_worker.ask_to_stop()
        super().reload()

    def stop(self, graceful: bool = True) -> None:
        deadline = time.monotonic() + self.cfg.graceful_timeout
        self.job_worker.ask_to_stop()
        super().stop(graceful)
        self.job_worker.stop(max(deadline - time.monotonic(), 1) if graceful else 1)


class Server(WSGIApplication):
    def run(self) -> None:
        Arbiter(self).run()


if __name__ == "__main__":
    Server("%(prog)s [OPTIONS]", prog="gunicorn").run()
