from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from crm.models import Role
from crm.services.people import add_user


class Command(BaseCommand):
    help = "Adds a person. Without --password nobody can sign in by this login until an administrator sets one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="", help='full name, such as "Иванова Марина Михайловна"')
        parser.add_argument("--password")

    def handle(self, *, login: str, role: str, name: str, password: str | None, **options: Any) -> None:
        try:
            user = add_user(login=login, role=role, full_name=name, password=password)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        self.stdout.write(f"{user.login}: {user.role}, number {user.pk}")
