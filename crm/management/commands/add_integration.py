from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from crm.models import Integration
from crm.services.integrations import add_integration


class Command(BaseCommand):
    help = (
        "Creates an account for an outside system and prints its secret, which is shown this once;"
        " or changes an account: what is not given stays, the secret too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--secret", help="20 characters or more; generated for a new account unless given")
        parser.add_argument("--dialect", choices=Integration.Dialect.values)
        parser.add_argument("--read-only", action="store_true", default=None, help="may read, not write")

    def handle(
        self, *, login: str, secret: str | None, dialect: str | None, read_only: bool | None, **options: Any
    ) -> None:
        try:
            integration, new_secret = add_integration(login=login, secret=secret, dialect=dialect, read_only=read_only)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        self.stdout.write(f"login: {integration.login} ({integration.dialect}, {integration.rights})")
        self.stdout.write(f"secret: {new_secret}" if new_secret else "secret: unchanged")
