"""`manage.py start`: from an empty directory to a running server; what `make run` and `make serve` call."""

import hashlib
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Deal, Role, User
from crm.secret_key import kept_secret
from crm.services.accounts import setup_token
from crm.services.integrations import add_integration
from crm.services.people import add_user

DEMO_LOGIN = "admin"
DEMO_INTEGRATION = "roistat"


class Command(BaseCommand):
    help = "Apply migrations, gather static files and become the production server."
    # They are of the code, which `make check` has checked, and take as long as all the rest but the imports.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty database with a shop to look at")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
        except OperationalError as error:
            raise CommandError(_("The database does not answer: %(error)s") % {"error": error}) from error
        gather_static_files()
        if demo and not (User.objects.people().exists() or Deal.objects.exists()):
            make_demo()
        address = _("Orbita CRM is at %(address)s") % {"address": f"{server_address()}/"}
        for line in ["", address, *how_to_enter(demo=demo), _("Ctrl+C stops it."), ""]:
            self.stdout.write(line)
        self.stdout.flush()
        become_server()


def gather_static_files() -> None:
    """Gather them, unless they are what was gathered last: it is the longest part of a start."""
    noted, sources = settings.STATIC_ROOT.with_name("static_gathered"), static_sources()
    if settings.STATIC_ROOT.is_dir() and noted.exists() and noted.read_text() == sources:
        return
    noted.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    noted.write_text(sources)


def static_sources() -> str:
    """What tells the present files from others: the name, size and moment of each, as a hash."""
    found = [(name, Path(storage.path(name))) for finder in get_finders() for name, storage in finder.list(None)]
    told = sorted((name, path.stat().st_size, path.stat().st_mtime_ns) for name, path in found)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def make_demo() -> None:
    """A shop's data, an administrator and an integration, all of it or nothing."""
    with transaction.atomic():
        password, secret = demo_secret("password"), demo_secret("integration_secret")
        add_integration(login=DEMO_INTEGRATION, secret=secret)  # first: it brings the demo's leads
        call_command("seed_demo")
        add_user(login=DEMO_LOGIN, role=Role.ADMINISTRATOR, full_name="Администратор", password=password)


def how_to_enter(*, demo: bool) -> list[str]:
    """Lines for the console; none where people have passwords of their own."""
    people = User.objects.people()
    if not people.exists():
        return [
            _("Nobody can log in yet. Open this page to make the first administrator:"),
            f"  {setup_address()}",
        ]
    administrator = people.filter(login=DEMO_LOGIN).first()
    if not (demo and administrator and administrator.check_password(demo_secret("password"))):
        return []
    password, secret = demo_secret("password"), demo_secret("integration_secret")
    return [
        _("Log in as %(login)s with the password %(password)s (kept in var/demo_password).")
        % {"login": DEMO_LOGIN, "password": password},
        _("As an analytics service sees it:"),
        f"  curl -u '{DEMO_INTEGRATION}:{secret}' '{server_address()}/analytics?action=import_scheme'",
    ]


def setup_address() -> str:
    """The one-time set-up page, with the token that opens it."""
    return f"{server_address()}{reverse('setup')}?{urlencode({'token': setup_token()})}"


def demo_secret(name: str) -> str:
    """A secret of the demo, the same with each start: it is kept in var/, readable by its owner only."""
    return kept_secret(settings.VAR_DIR / f"demo_{name}", size=18)


def server_address() -> str:
    scheme = "https" if settings.TLS_CERT else "http"
    host = "localhost" if settings.HOST in ("0.0.0.0", "::") else settings.HOST  # noqa: S104  (nothing is bound here)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.PORT}"


def become_server() -> None:
    connections.close_all()
    os.chdir(settings.BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", "crm.server.arbiter", "-c", "gunicorn.conf.py"])  # noqa: S606
