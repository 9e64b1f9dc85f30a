"""Timing: several ways to do a thing, one after the other, round after round."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass
class Times:
    """What each round took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else self.seconds[0]

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.seconds), max(self.seconds)

    def ratio(self, other: "Times") -> float:
        """Round by round against the other, so that a machine that slows down slows both: the median of that."""
        return median(mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True))


def measure(ways: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 2) -> dict[str, Times]:
    """Each way once a round, in turn; the first rounds, which fill caches, do not count."""
    times = {name: Times() for name in ways}
    for number in range(warm_up + rounds):
        for name, way in ways.items():
            gc.collect()
            took = stopwatch(way)
            if number >= warm_up:
                times[name].seconds.append(took)
    return times


def stopwatch(way: Callable[[], object]) -> float:
    started = time.perf_counter()
    way()
    return time.perf_counter() - started
