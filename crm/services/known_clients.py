"""Is somebody with this phone or e-mail a client already?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from crm.models import Client, Contact, User
from crm.services.contacts import normalise

Kind = Contact.Kind

# A phone that whole families share is no reason for a long warning.
NAMED = 3


@dataclass(frozen=True)
class KnownClients:
    """`named` are clients that the asker sees, the newest first; `hidden` says that a colleague has another one, of
    whom no more is told.
    """

    named: list[Client]
    hidden: bool

    def __bool__(self) -> bool:
        return bool(self.named) or self.hidden


def known_clients(
    *, phones: Iterable[str], emails: Iterable[str], viewer: User, but: int | None = None
) -> KnownClients:
    """Who is known by one of these, written in any notation. `but` is the client whose contacts they are."""
    entered = [(Kind.PHONE, text) for text in phones] + [(Kind.EMAIL, text) for text in emails]
    compared = {(kind, normalised) for kind, text in entered if (normalised := normalise(kind, text))}
    if not compared:
        return KnownClients([], hidden=False)
    alike = Q(*(Q(kind=kind, normalised=normalised) for kind, normalised in sorted(compared)), _connector=Q.OR)
    holders = Contact.objects.exclude(normalised="").filter(alike)
    clients = Client.objects.present().filter(pk__in=holders.values("client"))
    if but is not None:
        clients = clients.exclude(pk=but)
    named = list(clients.visible_to(viewer).order_by("-pk")[:NAMED])
    hidden = not viewer.sees_all and clients.exclude(pk__in=Client.objects.visible_to(viewer).values("pk")).exists()
    return KnownClients(named, hidden)
