"""What would go with a client who is erased."""

from dataclasses import dataclass

from django.db.models import Q

from crm.models import Call, Client, Deal, Message, Task


@dataclass(frozen=True)
class ErasureTold:
    """How much there is of a person; `names` are those of the clients who were merged into him too."""

    names: list[str]
    contacts: list[str]
    deals: int
    comments: int
    tasks: int
    calls: int


def tell_erasure(client: Client) -> ErasureTold:
    clients = Client.objects.one_person(client).order_by("pk").prefetch_related("contacts")
    deals = Deal.objects.filter(client__in=clients)
    of_his = Q(deal__in=deals) | Q(client__in=clients)
    calls = Call.objects.filter(of_his)
    return ErasureTold(
        names=[str(one) for one in clients],
        contacts=list(dict.fromkeys(row.entered for one in clients for row in one.contacts.all())),
        deals=deals.count(),
        comments=Message.objects.filter(of_his | Q(call__in=calls)).count(),
        tasks=Task.objects.filter(of_his | Q(call__in=calls)).count(),
        calls=calls.count(),
    )
