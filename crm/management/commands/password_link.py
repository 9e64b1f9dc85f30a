"""`manage.py password_link`: for who forgot his password, or never had one, where the CRM sends no e-mail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.management.commands.start import server_address
from crm.models import User
from crm.services.accounts import password_link


class Command(BaseCommand):
    help = "Print an address at which a person can choose a new password, once, within a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")

    def handle(self, *args: Any, login: str, **options: Any) -> None:
        user = User.objects.people().filter(login=login.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(_("There is no active person with the login “%(login)s”.") % {"login": login})
        # The path is what counts: people may reach the server by another name than it knows itself.
        self.stdout.write(f"{server_address()}{password_link(user)}")
