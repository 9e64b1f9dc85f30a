"""The salon at work: who comes, in which order, and what is left of it."""

from collections.abc import Iterator
from datetime import datetime

from crm.installation import zone
from crm.services.demo.activities import ActivityBook
from crm.services.demo.amounts import CALLS_A_DEAL_AT_MOST, MESSAGES_A_DEAL_AT_MOST, TASKS_A_DEAL_AT_MOST, Amounts
from crm.services.demo.chance import Chance, Quota
from crm.services.demo.clients import ClientBook, Customer
from crm.services.demo.deals import DealBook
from crm.services.demo.rhythm import Calendar
from crm.services.demo.rows import Rows
from crm.services.demo.shop import Shop
from crm.services.demo.sources import OF_KNOWN_CLIENTS, OF_NEW_CLIENTS, Source
from crm.services.demo.stories import Storyteller


class Salon:
    """Everything in it comes from `seed`, `now` and the numbers; its rows are added to `rows`."""

    def __init__(
        self, amounts: Amounts, *, shop: Shop, seed: int, now: datetime, numbers: Iterator[int], rows: Rows
    ) -> None:
        self._chance = chance = Chance(seed)
        self._numbers = numbers
        self._calendar = Calendar(amounts.deals, amounts.open_deals, now=now, zone=zone(), chance=chance)
        self._clients = ClientBook(shop=shop, chance=chance, numbers=numbers, rows=rows)
        self._teller = Storyteller(shop=shop, calendar=self._calendar, chance=chance)
        self._deals = DealBook(shop=shop, chance=chance, rows=rows)
        self._activities = ActivityBook(calendar=self._calendar, chance=chance, numbers=numbers, rows=rows)

        def quota(total: int, places: int) -> Quota:
            return Quota(total, places=places, chance=chance)

        # The very first deal's client is a new one without being asked.
        self._new_clients = quota(amounts.clients - 1, amounts.deals - 1)
        self._messages = quota(amounts.messages, amounts.deals * MESSAGES_A_DEAL_AT_MOST)
        self._open_tasks = quota(amounts.open_tasks, amounts.open_deals * TASKS_A_DEAL_AT_MOST)
        self._done_tasks = quota(amounts.done_tasks, amounts.closed_deals * TASKS_A_DEAL_AT_MOST)
        self._calls = quota(amounts.calls, amounts.deals * CALLS_A_DEAL_AT_MOST)

    def deals(self) -> Iterator[int]:
        """Tells one deal after the other, in the order in which they arrive, and gives its number."""
        for arrival, is_open in self._calendar.arrivals():
            customer, source = self._visitor(arrival)
            number = next(self._numbers)
            story = self._teller.tell(number, arrival, is_open=is_open, customer=customer, source=source)
            self._deals.write(story)
            self._activities.write_messages(story, self._messages.take_some(MESSAGES_A_DEAL_AT_MOST))
            tasks = self._open_tasks if is_open else self._done_tasks
            self._activities.write_tasks(story, tasks.take_some(TASKS_A_DEAL_AT_MOST))
            self._activities.write_calls(story, self._calls.take_some(CALLS_A_DEAL_AT_MOST))
            yield number

    def _visitor(self, arrival: int) -> tuple[Customer, Source]:
        is_new = not self._clients or self._new_clients.take()
        source = self._chance.pick(OF_NEW_CLIENTS if is_new else OF_KNOWN_CLIENTS)
        # By night nobody walks in or answers the phone.
        while not (source.online or self._calendar.is_working_hour(arrival)):
            source = self._chance.pick(OF_NEW_CLIENTS if is_new else OF_KNOWN_CLIENTS)
        if is_new:
            return self._clients.new(arrival=arrival, by_lead=source.online), source
        return self._clients.known(), source
