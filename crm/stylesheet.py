"""One stylesheet for all pages: a page waits for one request, and the next page for none.

What is written stays apart, a file a thing (`static/css/`), in layers; within the layer of the pages what
several share comes before what one page makes of it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

NAME = "css/orbita.css"
# The layers in their order; the parts that the rest of their layer refines; what several pages share. All others
# follow, in no order that matters.
PARTS = ("components", "forms", "surfaces")
FIRST = ("tokens", *PARTS, "lists", "filter", "views", "cards", "composer", "timeline", "slots", "order")
# The administration has Django's own, and one of ours beside it.
APART = frozenset({"admin.css"})


class StylesheetFinder(BaseFinder):
    """Finds `css/orbita.css`, which is put together where the files of uploads and the like lie too."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.directory = settings.VAR_DIR / "stylesheet"
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  (Django's signature)
        if path != NAME:
            return []
        found = str(put_together(self.directory))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        put_together(self.directory)
        yield NAME, FileSystemStorage(self.directory)


def put_together(directory: Path) -> Path:
    """Write the stylesheet into `directory` unless it stands there as it has to; its path."""
    text = "\n".join(path.read_text() for path in sources())
    path = directory / NAME
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two servers may start at once.
        draft = path.with_suffix(f".{id(text)}")
        draft.write_text(text)
        draft.replace(path)
    return path


def sources() -> list[Path]:
    directory = settings.BASE_DIR / "static" / "css"
    others = sorted(path for path in directory.glob("*.css") if path.name not in APART and path.stem not in FIRST)
    return [directory / f"{name}.css" for name in FIRST] + others
