"""The story of one deal: when it arrives, which statuses it goes through and how it ends. No row is written here."""

from dataclasses import dataclass
from typing import NamedTuple

from crm.services.demo import texts
from crm.services.demo.catalogue import TREATMENTS, Treatment
from crm.services.demo.chance import Chance
from crm.services.demo.clients import Customer
from crm.services.demo.rhythm import DAY, Calendar
from crm.services.demo.shop import Manager, Shop
from crm.services.demo.sources import Source

# Of 1,000 deals that are closed.
IN_TRASH = 12
# The counter of the site's visits two years ago, and the seconds between two of them.
FIRST_VISIT = 418_300
BETWEEN_VISITS = 97


class Stay(NamedTuple):
    status: int
    entered: int


@dataclass(slots=True)
class Story:
    """Moments are UNIX seconds; `until` is the deal's close, or now while it is open."""

    number: int
    arrival: int
    until: int
    customer: Customer
    source: Source
    treatment: Treatment
    manager: Manager | None
    visit: str
    stays: list[Stay]
    is_open: bool
    lost_reason: str = ""
    service: int | None = None

    @property
    def responsible(self) -> Manager:
        """Who works on it: its manager, else the client's."""
        return self.manager or self.customer.manager

    @property
    def author(self) -> int | None:
        """Who wrote the deal down: the service, if there is any, where the lead came from the site by itself."""
        return self.service if self.source.online else self.responsible.id


class Storyteller:
    def __init__(self, *, shop: Shop, calendar: Calendar, chance: Chance) -> None:
        self._shop, self._calendar, self._chance = shop, calendar, chance

    def tell(self, number: int, arrival: int, *, is_open: bool, customer: Customer, source: Source) -> Story:
        chance = self._chance
        counter = FIRST_VISIT + (arrival - self._calendar.days[0].start) // BETWEEN_VISITS
        closing = None if is_open else self._calendar.closing(arrival)
        story = Story(
            number=number,
            arrival=arrival,
            until=self._calendar.now if closing is None else self._calendar.at_work(closing, after=arrival),
            customer=customer,
            source=source,
            treatment=chance.pick(TREATMENTS),
            manager=customer.manager if chance.happens(0.8) else chance.pick(self._shop.managers),
            visit=source.visit(counter, chance),
            stays=[Stay(self._shop.open[0], arrival)],
            is_open=is_open,
            service=self._shop.service,
        )
        if is_open:
            self._go_on(story)
        else:
            self._close(story)
        return story

    def _go_on(self, story: Story) -> None:
        """The longer ago a deal arrived, the further it came; some of the fresh ones are nobody's yet."""
        age = story.until - story.arrival
        steps = sum(self._chance.happens(age / (age + 2 * DAY)) for _ in self._shop.open[1:])
        if not steps and story.source.online and self._chance.happens(0.4):
            story.manager = None
        self._work_through(story, self._shop.open[1 : steps + 1])

    def _close(self, story: Story) -> None:
        """Won, lost, or put into the trash: from the work on it, or after it was closed."""
        chance, shop = self._chance, self._shop
        won = chance.happens(story.source.win_rate)
        # Many are lost at the first call, a few are paid at once.
        if not chance.happens(0.06 if won else 0.35):
            self._work_through(story, shop.open[1:])
        trashed = chance.happens(IN_TRASH / 1000)
        if not (trashed and chance.happens(0.6)):
            story.stays.append(Stay(chance.pick(shop.won if won else shop.lost), story.until))
            story.lost_reason = "" if won else chance.pick(texts.LOST_REASONS)
        if trashed:
            moment = self._calendar.at_work(story.until + chance.between(60, DAY), after=story.until)
            story.stays.append(Stay(shop.deleted, moment))

    def _work_through(self, story: Story, statuses: tuple[int, ...]) -> None:
        """Stays in further open statuses, spread over the time from the arrival on."""
        length, entered = story.until - story.arrival, story.arrival
        moments = sorted(story.arrival + int(length * self._chance.random()) for _ in statuses)
        for status, moment in zip(statuses, moments, strict=True):
            entered = min(self._calendar.at_work(moment, after=entered), story.until)
            story.stays.append(Stay(status, entered))
