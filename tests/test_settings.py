"""What the settings do to the place where they are read."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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
