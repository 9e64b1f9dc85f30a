import os
import shutil
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from pytest_django import Settings

from crm.management.commands import start
from crm.models import Deal, Role, User
from crm.services.accounts import setup_token
from crm.services.integrations import account_by_secret
from crm.services.people import add_user
from tests.factories import make_deal

pytestmark = pytest.mark.django_db

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _apart(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written outside the test, and the process stays what it is."""
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.HOST, settings.PORT, settings.TLS_CERT = "127.0.0.1", 8000, ""
    monkeypatch.setattr(start, "become_server", lambda: None)


def test_a_demo_says_how_to_enter_and_says_the_truth(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("start", demo=True)

    password = (tmp_path / "demo_password").read_text()
    secret = (tmp_path / "demo_integration_secret").read_text()
    assert capsys.readouterr().out.partition("\nOrbita CRM")[2] == (
        f" is at {ADDRESS}/\n"
        f"Log in as admin with the password {password} (kept in var/demo_password).\n"
        "As an analytics service sees it:\n"
        f"  curl -u 'roistat:{secret}' '{ADDRESS}/analytics?action=import_scheme'\n"
        "Ctrl+C stops it.\n\n"
    )
    assert User.objects.get(login="admin").check_password(password)
    assert account_by_secret("roistat", secret) is not None
    assert Deal.objects.exists()


def test_only_its_owner_reads_the_demo_password(tmp_path: Path) -> None:
    call_command("start", demo=True)

    assert (tmp_path / "demo_password").stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("start", demo=True)
    said = capsys.readouterr().out.partition("\nOrbita CRM")[2]
    deals = Deal.objects.count()

    call_command("start", demo=True)

    assert Deal.objects.count() == deals
    assert capsys.readouterr().out.partition("\nOrbita CRM")[2] == said


def test_a_demo_password_that_was_changed_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    add_user(login="admin", role=Role.ADMINISTRATOR, password="another, of her own")

    call_command("start", demo=True)

    assert capsys.readouterr().out.endswith(f"Orbita CRM is at {ADDRESS}/\nCtrl+C stops it.\n\n")


def test_real_deals_get_no_demo_beside_them() -> None:
    make_deal()

    call_command("start", demo=True)

    assert Deal.objects.count() == 1


def test_without_people_it_says_how_to_make_the_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("start")

    assert f"http://127.0.0.1:8000/setup/?token={setup_token()}" in capsys.readouterr().out
    assert not (tmp_path / "demo_password").exists()


@pytest.mark.parametrize(
    ("host", "certificate", "address"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8000"),
        ("0.0.0.0", "", "http://localhost:8000"),  # noqa: S104
        ("::1", "", "http://[::1]:8000"),
        ("crm.example", "/etc/crm.pem", "https://crm.example:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_opens(
    settings: Settings, host: str, certificate: str, address: str
) -> None:
    settings.HOST, settings.TLS_CERT = host, certificate

    assert start.server_address() == address


def test_a_database_that_is_away_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **options: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(start, "call_command", away)

    with pytest.raises(CommandError, match="The database does not answer: connection refused"):
        call_command("start")


def test_static_files_are_gathered_anew_only_when_they_are_others(tmp_path: Path, settings: Settings) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "extra.txt").write_text("old")
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, sources]
    gathered = tmp_path / "static" / "extra.txt"
    call_command("start")
    assert gathered.read_text() == "old"
    gathered.unlink()
    call_command("start")
    assert not gathered.exists()

    (sources / "extra.txt").write_text("new and longer")
    call_command("start")
    assert gathered.read_text() == "new and longer"

    shutil.rmtree(tmp_path / "static")
    call_command("start")
    assert gathered.exists()


def test_the_process_becomes_gunicorn_with_no_connection_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    done: list[object] = []
    monkeypatch.setattr(connections, "close_all", lambda: done.append("closed"))
    monkeypatch.setattr(os, "chdir", done.append)
    monkeypatch.setattr(os, "execv", lambda program, arguments: done.append((program, arguments)))

    start.become_server()

    root = Path(start.__file__).parents[3]
    assert done == [
        "closed",
        root,
        (sys.executable, [sys.executable, "-m", "crm.server.arbiter", "-c", "gunicorn.conf.py"]),
    ]
