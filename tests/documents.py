"""The documents as the tests read them: headings, tables, code and links of a Markdown file."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
RULE = re.compile(r"\|[|\s:-]*-[|\s:-]*\|")


@dataclass(frozen=True)
class Document:
    """`path` is relative to the root of the repository, which is how tests name it."""

    path: str

    def __str__(self) -> str:
        return self.path

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text()

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """Language and text of each block of code."""
        return [(block[2], block[3]) for block in BLOCK.finditer(self.text)]

    @property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return BLOCK.sub("", self.text)

    @property
    def codes(self) -> list[str]:
        """What stands as code within the prose."""
        return CODE.findall(self.prose)

    @property
    def bold(self) -> set[str]:
        """What is printed in bold, wherever its lines break."""
        return {" ".join(text.split()) for text in BOLD.findall(self.prose)}

    @property
    def all_code(self) -> list[str]:
        return [*self.codes, *(text for _language, text in self.blocks)]

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and title."""
        return [(len(heading[1]), heading[2]) for heading in HEADING.finditer(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """Of the headings, as GitHub makes them."""
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _level, title in self.headings}

    @property
    def broken_links(self) -> list[str]:
        """Those to files or headings of this repository that are not there."""
        return [link for link in LINK.findall(self.prose) if not self._leads_somewhere(link)]

    def rows(self, title: str = "") -> list[list[str]]:
        """The cells of the rows of all tables, or of those under one heading; the tables' heads are left out."""
        lines = [line.strip() for line in self._under(title).splitlines()]
        rules = {number for number, line in enumerate(lines) if RULE.fullmatch(line)}
        body = [n for n, line in enumerate(lines) if line.startswith("|") and not {n, n + 1} & rules]
        return [[cell.strip() for cell in lines[n][1:-1].split("|")] for n in body]

    def first_codes(self, title: str = "") -> list[str]:
        """What stands as code in the first cells of those rows."""
        return [code for cells in self.rows(title) for code in CODE.findall(cells[0])]

    def _under(self, title: str) -> str:
        if not title:
            return self.prose
        _before, found, behind = self.prose.partition(f"# {title}\n")
        assert found, f"{self} has no heading {title}"
        following = HEADING.search(behind)
        return behind[: following.start()] if following else behind

    def _leads_somewhere(self, link: str) -> bool:
        path, _hash, anchor = link.partition("#")
        if path.startswith("https://"):
            return True
        target = (ROOT / self.path).parent / path if path else ROOT / self.path
        if not target.exists():
            return False
        return not anchor or anchor in Document(str(target.resolve().relative_to(ROOT))).anchors
