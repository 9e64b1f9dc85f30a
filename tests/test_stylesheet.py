"""The one stylesheet that all pages share."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from crm.stylesheet import NAME, PARTS, StylesheetFinder, put_together, sources

TEMPLATES = settings.BASE_DIR / "templates" / "crm"
LINK = re.compile(r'rel="stylesheet" href="\{% static \'(.*?)\' %\}"')


def test_a_page_waits_for_one_stylesheet() -> None:
    linked = {path.name: LINK.findall(path.read_text()) for path in TEMPLATES.glob("*.html")}

    assert {name: links for name, links in linked.items() if links} == {"_document.html": [NAME]}


def test_it_holds_every_file_and_the_order_of_layers_comes_first() -> None:
    text = Path(str(finders.find(NAME))).read_text()

    assert text == "\n".join(path.read_text() for path in sources())
    assert text.index("@layer tokens, base, components, pages;") < text.index("{")
    assert "admin.css" not in {path.name for path in sources()}


def test_every_file_lies_in_a_layer_and_layers_need_no_order_of_files() -> None:
    """A selector that two files of a layer give looks to would depend on which of them comes first."""
    looks: dict[tuple[str, str], list[str]] = {}
    for path in sources():
        text = path.read_text()
        layers = re.findall(r"^@layer (\w+) \{", text, re.MULTILINE)
        assert len(layers) == 1, path.name
        for selector in {one.strip() for one in re.findall(r"^  ([.#a-z][^{]*)\{", text, re.MULTILINE)}:
            looks.setdefault((layers[0], selector), []).append(path.name)

    assert {selector: files for selector, files in looks.items() if len(files) > 1} == {}


def test_what_refines_a_part_of_pages_comes_after_it() -> None:
    names = [path.stem for path in sources()]

    assert all(names.index(part) < names.index(one) for part in PARTS for one in ("bell", "find", "frame", "keys"))


def test_it_is_put_together_anew_when_a_file_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.css"
    source.write_text("a {}")
    monkeypatch.setattr("crm.stylesheet.sources", lambda: [source])
    path = put_together(tmp_path)
    stamp = path.stat().st_mtime_ns
    assert (path.read_text(), put_together(tmp_path).stat().st_mtime_ns) == ("a {}", stamp)

    source.write_text("a { color: red }")

    assert put_together(tmp_path).read_text() == "a { color: red }"


def test_it_is_gathered_for_the_production_server() -> None:
    [(name, storage)] = StylesheetFinder().list(None)

    assert (name, storage.exists(name)) == (NAME, True)
