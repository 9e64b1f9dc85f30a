"""`manage.py remove_two_factor`: for who lost telephone and recovery codes where nobody else administers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.models import Change, User
from crm.services.two_factor import remove_two_factor


class Command(BaseCommand):
    help = "Let a person log in by the password alone again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")

    def handle(self, *args: Any, login: str, **options: Any) -> None:
        user = User.objects.people().filter(login=login.strip().lower()).first()
        if user is None:
            raise CommandError(_("There is no person with the login “%(login)s”.") % {"login": login})
        if not remove_two_factor(user=user, by=None, via=Change.Via.SYSTEM):
            raise CommandError(_("“%(login)s” has no two-step log-in.") % {"login": user.login})
        self.stdout.write(_("“%(login)s” logs in by the password alone now.") % {"login": user.login})
