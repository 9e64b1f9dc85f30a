"""Everything that people read exists in Russian too, and what is compiled is what is written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
MESSAGES = ROOT / "crm" / "locale" / "ru" / "LC_MESSAGES"
SOURCES = [ROOT / "analytics_api", ROOT / "crm", ROOT / "templates", ROOT / "rows"]

# In rows/ makemessages reads a message where a block has it, or an expression begins with it; elsewhere it does not.
MESSAGE = re.compile(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""")

Key = tuple[str, str, str | None]


def key(entry: polib.POEntry) -> Key:
    return entry.msgid, entry.msgid_plural, entry.msgctxt


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(MESSAGES / "django.po"))


def test_every_entry_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not entry.translated()] == []


def test_no_entry_is_left_over(catalogue: polib.POFile) -> None:
    assert catalogue.obsolete_entries() == []


def test_the_compiled_catalogue_says_the_same(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(MESSAGES / "django.mo"))

    assert {key(entry): (entry.msgstr, entry.msgstr_plural) for entry in compiled} == {
        key(entry): (entry.msgstr, entry.msgstr_plural) for entry in catalogue
    }


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_every_message_of_the_source_has_an_entry(catalogue: polib.POFile, tmp_path: Path) -> None:
    for source in SOURCES:
        shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    (tmp_path / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale=ru", "--verbosity=0"]
    without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=tmp_path, env=without_settings, check=True)
    extracted = polib.pofile(str(tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po"))

    assert {key(entry) for entry in extracted} == {key(entry) for entry in catalogue}


def test_every_message_of_the_rows_has_an_entry(catalogue: polib.POFile) -> None:
    asked = {
        one or other for path in (ROOT / "rows").glob("*.html") for one, other in MESSAGE.findall(path.read_text())
    }

    assert asked
    assert asked - {entry.msgid for entry in catalogue} == set()
