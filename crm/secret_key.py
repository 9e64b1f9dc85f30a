"""Secrets that a one-machine installation makes for itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path, size: int = 50) -> str:
    """The secret in `path`; made of `size` random bytes on the first call, in a file that only its owner reads."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(size))
        with suppress(FileExistsError):  # another process was first: its secret it is
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
