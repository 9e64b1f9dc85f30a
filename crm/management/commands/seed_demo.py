"""`manage.py seed_demo`: realistic data to look at, to try out and to measure with."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from crm.days import day_begins, today
from crm.services.demo.seeding import DEFAULT_DEALS, DEFAULT_SEED, seed_demo


class Command(BaseCommand):
    help = "Fill an empty database with two years of a hair salon, the same for the same seed on the same day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deals", type=positive, default=DEFAULT_DEALS, help="how many (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="what chance begins with")

    def handle(self, *args: Any, deals: int, seed: int, **options: Any) -> None:
        # Up to last night: whatever the hour, the same day gives the same data.
        now = day_begins(today())
        try:
            with tqdm(total=deals, unit=" deals", disable=not sys.stderr.isatty()) as bar:
                amounts = seed_demo(deals=deals, seed=seed, now=now, progress=bar.update)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["verbosity"]:
            self.stdout.write(
                _("The demo is there: %(deals)s deals, %(clients)s clients, %(messages)s comments.")
                % {"deals": amounts.deals, "clients": amounts.clients, "messages": amounts.messages}
            )


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(_("at least 1"))
    return number
