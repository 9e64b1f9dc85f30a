"""Debian's Chromium, which needs no download, without what it would do on its own behind the tests' back.

Its headless shell is the same engine without a browser's windows: with it the browser tests take half to two thirds of
the time. Where only the whole browser is installed, that one is driven.
"""

import shutil
from typing import Any

EXECUTABLE = shutil.which("chromium-headless-shell") or shutil.which("chromium")
LAUNCH: dict[str, Any] = {
    "executable_path": EXECUTABLE,
    "args": [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
