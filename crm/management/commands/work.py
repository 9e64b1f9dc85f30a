"""`manage.py work`: the worker for background jobs and rounds. `manage.py start` starts and watches one."""

import logging
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection

from crm.services.jobs import do_job, free_lost_jobs, take_job
from crm.services.rounds import go_rounds

logger = logging.getLogger(__name__)

POLL_SECONDS = 1


class Command(BaseCommand):
    help = "Do background jobs and what comes round again and again, until told to stop."
    # Whoever starts the server has checked, and the addresses of pages need not be read.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--beside-parent", action="store_true", help="end when the process that began this one does"
        )

    def handle(self, *args: Any, beside_parent: bool, **options: Any) -> None:
        Worker(parent=os.getppid() if beside_parent else None).work()


class Worker:
    """Takes one job after the other. SIGTERM and SIGINT let it finish the one it is at; a second one does not.

    `parent` is the process that it does not outlive.
    """

    def __init__(self, *, parent: int | None = None) -> None:
        self.name = f"{socket.gethostname()[:50]}:{os.getpid()}"
        self.parent = parent
        self.is_idle = self.is_stopped = False

    def work(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        logger.info("Worker %s is ready", self.name)
        while not self.is_stopped and self.parent in (None, os.getppid()):
            try:
                has_worked = self.turn()
            except OperationalError as error:
                logger.error("The database does not answer: %s", error)
                connection.close()
                has_worked = False
            if not has_worked:
                self.rest()

    def turn(self) -> bool:
        """What is due, and one job; whether there was one."""
        close_old_connections()
        go_rounds()
        free_lost_jobs()
        job = None if self.is_stopped else take_job(worker=self.name)
        if job is None:
            return False
        do_job(job, worker=self.name)
        return True

    def rest(self) -> None:
        self.is_idle = not self.is_stopped
        if self.is_idle:
            time.sleep(POLL_SECONDS)
        self.is_idle = False

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.is_idle or self.is_stopped:
            sys.exit()
        self.is_stopped = True
