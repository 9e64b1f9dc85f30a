"""When deals arrive, and how long they stay open: seasons, weekdays, hours. Moments are UNIX seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp, floor, log
from zoneinfo import ZoneInfo

from crm.services.demo.chance import Chance, Quota, weighted

DAYS = 730
DAY = 86_400
OPENING, CLOSING = 9 * 3600, 21 * 3600

# Before the New Year and the 8th of March everybody comes, in January and July hardly anybody.
SEASON = (0.72, 1.0, 1.22, 1.02, 1.05, 0.96, 0.82, 0.9, 1.05, 1.04, 1.1, 1.4)
WEEKDAYS = (0.95, 0.97, 1.03, 1.08, 1.22, 1.14, 0.72)
GROWTH = 0.6
BUSIEST, QUIETEST = 1.35, 0.65
# How many of 100 deals arrive in each hour of the day: by night there is only the site.
HOURS = weighted(zip((2, 1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 7, 6, 6, 7, 7, 6, 6, 6, 5, 4, 3, 2), range(24), strict=True))


@dataclass(frozen=True)
class Day:
    """`deals` of them arrive from `start` up to `end`, of which `still_open` are open to this day."""

    start: int
    end: int
    deals: int
    still_open: int


class Calendar:
    """Two years up to `now`: `deals` arrive in them, of which exactly `still_open` are not closed yet.

    A deal closes after a time that is distributed exponentially; its mean, `cycle` seconds, is the one that leaves so
    many of them open.
    """

    def __init__(self, deals: int, still_open: int, *, now: datetime, zone: ZoneInfo, chance: Chance) -> None:
        self.now = int(now.timestamp())
        self._chance = chance
        self._offset = int((now.astimezone(zone).replace(tzinfo=UTC) - now).total_seconds())
        spans = list(days_before(now, zone))
        counts = apportion(deals, [self._popularity(*span) for span in spans])
        ages = [self.now - (start + end) / 2 for _, start, end in spans]
        self.cycle = mean_life(counts, ages, survivors=still_open)
        surviving = [count * exp(-age / self.cycle) for count, age in zip(counts, ages, strict=True)]
        self.days = [
            Day(start, end, count, left)
            for (_, start, end), count, left in zip(spans, counts, apportion(still_open, surviving), strict=True)
        ]

    def _popularity(self, day: date, start: int, end: int) -> float:
        growth = 1 + GROWTH * (start - self.now) / (DAYS * DAY)
        fluctuation = self._chance.uniform(QUIETEST, BUSIEST)
        part = len(hours_up_to(end - start)) / len(HOURS)
        return SEASON[day.month - 1] * WEEKDAYS[day.weekday()] * growth * fluctuation * part

    def arrivals(self) -> Iterator[tuple[int, bool]]:
        """When each deal arrives, in order, and whether it is open to this day."""
        for day in self.days:
            length = day.end - day.start
            hours = hours_up_to(length)
            seconds = [
                min(3600 * self._chance.pick(hours) + self._chance.between(0, 3599), length - 1)
                for _ in range(day.deals)
            ]
            open_ones = Quota(day.still_open, places=day.deals, chance=self._chance)
            for second in sorted(seconds):
                yield day.start + second, open_ones.take()

    def closing(self, arrival: int) -> int:
        """When a deal closes that arrived then and is closed by now."""
        within = 1 - exp((arrival - self.now) / self.cycle)
        return arrival + int(-self.cycle * log(1 - self._chance.random() * within))

    def at_work(self, moment: int, *, after: int) -> int:
        """The moment brought into the working hours of its day, not before `after` and not after now; keeps order."""
        return min(max(self.working_hour(moment), after), self.now)

    def working_hour(self, moment: int) -> int:
        """The moment's whole day pressed into the hours in which the salon is open."""
        day, second = divmod(moment + self._offset, DAY)
        return day * DAY + OPENING + second * (CLOSING - OPENING) // DAY - self._offset

    def is_working_hour(self, moment: int) -> bool:
        return OPENING <= (moment + self._offset) % DAY < CLOSING

    def end_of_day(self, moment: int) -> int:
        """The last second of its day."""
        return moment + DAY - 1 - (moment + self._offset) % DAY


def days_before(now: datetime, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """The days of two years in the installation's zone, each with its first second and the one behind its last."""
    today = now.astimezone(zone).date()
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        start, end = (
            int(datetime(each.year, each.month, each.day, tzinfo=zone).timestamp())
            for each in (day, day + timedelta(days=1))
        )
        end = min(end, int(now.timestamp()))
        if start < end:
            yield day, start, end


def hours_up_to(second: int) -> Sequence[int]:
    """Of HOURS those that begin before that second of the day."""
    return HOURS if second >= DAY else [hour for hour in HOURS if 3600 * hour < second]


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole shares of the total that are as the weights and add up to it, none more than its part rounded up."""
    shares = []
    whole, reached, given = sum(weights) or 1.0, 0.0, 0
    for weight in weights:
        reached += weight
        upto = floor(total * reached / whole + 0.5)
        shares.append(upto - given)
        given = upto
    return shares


def mean_life(counts: Sequence[int], ages: Sequence[float], *, survivors: int) -> float:
    """The mean life, in seconds, by which so many survive of `counts` that are of these `ages`."""
    low, high = 3600.0, 3650.0 * DAY
    for _ in range(60):
        middle = (low + high) / 2
        if sum(count * exp(-age / middle) for count, age in zip(counts, ages, strict=True)) < survivors:
            low = middle
        else:
            high = middle
    return high
