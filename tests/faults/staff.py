"""Staff who edit beside the analytics service, in a process of their own: `python -m tests.faults.staff SEED`.

Writes by the services that the pages use, as fast as it can, until it is ended.
"""

import random
import sys
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import django


def work(chance: random.Random) -> None:
    from crm.models import Client, CustomField, Deal, Status, User
    from crm.services.clients import Visitor, complete_client, create_client
    from crm.services.deals import change_deal, create_deal, move_deal, restore_deal, trash_deal
    from crm.services.messages import write_message

    statuses = list(Status.objects.usable())
    field = CustomField.objects.get(name="utmCampaign")
    [someone] = User.objects.people()

    def some_deal() -> Deal:
        deal: Deal = chance.choice(Deal.objects.order_by("-pk")[:300])
        return deal

    def some_client() -> Client:
        client: Client = chance.choice(Client.objects.order_by("-pk")[:300])
        return client

    def visitor(number: int) -> Visitor:
        return Visitor(name=f"Клиент {number}", email=f"{number}-{chance.random()}@example.ru")

    doings: list[Callable[[int], object]] = [
        lambda number: change_deal(deal=some_deal(), title=f"Правка {number}", by=someone),
        lambda number: change_deal(deal=some_deal(), price=Decimal(number), cost=Decimal(number) / 8, by=someone),
        lambda number: change_deal(deal=some_deal(), values={field: f"акция {number}"}, by=someone),
        lambda number: change_deal(deal=some_deal(), client=some_client(), manager=someone, by=someone),
        lambda number: move_deal(deal=some_deal(), status=chance.choice(statuses), by=someone),
        lambda number: trash_deal(deal=some_deal(), by=someone),
        lambda number: restore_deal(deal=some_deal(), by=someone),
        lambda number: create_deal(title=f"Своя {number}", client=some_client(), by=someone),
        lambda number: create_client(visitor=visitor(number), by=someone),
        lambda number: complete_client(client=some_client(), visitor=visitor(number), by=someone),
        lambda number: write_message(subject=some_deal(), text=f"Комментарий {number}", by=someone),
    ]
    for number in count(1):
        chance.choice(doings)(number)


if __name__ == "__main__":
    django.setup()
    work(random.Random(int(sys.argv[1])))
