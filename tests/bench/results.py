"""What was measured: a table for people, and JSON."""

import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Result:
    """A line of the table: `value` of `what`, with the aim that it is held against; `note` says how it was taken."""

    database: str
    what: str
    value: float
    unit: str = "×"
    aim: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def meets_aim(self) -> bool:
        if self.aim is None:
            return True
        return self.value >= self.aim if self.at_least else self.value <= self.aim

    def cells(self) -> list[str]:
        aim = "" if self.aim is None else f"{'≥' if self.at_least else '≤'} {self.aim:g}{unit_text(self.unit)}"
        met = "" if self.aim is None else ("yes" if self.meets_aim else "no")
        return [self.database, self.what, f"{self.value:.3g}{unit_text(self.unit)}", aim, met, self.note]


def unit_text(unit: str) -> str:
    return unit if unit == "×" else f" {unit}"


def ms(seconds: list[float]) -> str:
    """Median and spread, to stand beside a ratio."""
    low, middle, high = (1000 * value for value in (min(seconds), median(seconds), max(seconds)))
    return f"median {_figures(middle)} ms, {_figures(low)}–{_figures(high)}"


def _figures(value: float) -> str:
    """Three of them; of a thousand or more none is left out."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def table(results: list[Result]) -> str:
    """In Markdown."""
    rows = [["database", "what", "measured", "aim", "met", "how"], *(result.cells() for result in results)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def keep(results: list[Result], path: Path, *, deals: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "deals": deals, "machine": machine()}
    path.write_text(json.dumps(about | {"results": [asdict(one) for one in results]}, ensure_ascii=False, indent=1))


def machine() -> str:
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    return f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"
