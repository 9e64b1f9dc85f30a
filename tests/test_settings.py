"""What the settings do to the place where they are read."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def test_only_its_owner_can_look_into_var(tmp_path: Path) -> None:
    package = tmp_path / "crm"
    package.mkdir()
    for name in ("__init__.py", "settings.py", "secret_key.py"):
        shutil.copy(settings.BASE_DIR / "crm" / name, package)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", "import crm.settings"]
    subprocess.run(command, cwd=tmp_path, env=environment, umask=0o022, check=True)

    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("named", "sender"),
    [
        ({}, "webmaster@localhost"),
        ({"EMAIL_URL": "smtp://mail.example.org"}, "webmaster@localhost"),
        ({"EMAIL_URL": "smtp://crm:secret@mail.example.org"}, "webmaster@localhost"),
        ({"EMAIL_URL": "smtp+tls://crm%40example.org:secret@mail.example.org:587"}, "crm@example.org"),
        ({"EMAIL_URL": "smtp://crm%40example.org:s@mail.example.org", "EMAIL_FROM": "A <a@b.c>"}, "A <a@b.c>"),
    ],
)
def test_messages_come_from_whom_the_environment_names_or_from_who_logs_in(named: dict[str, str], sender: str) -> None:
    command = [sys.executable, "-c", "from crm import settings; print(settings.DEFAULT_FROM_EMAIL)"]
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x", **named}
    said = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, text=True
    ).stdout

    assert said.strip() == sender
