"""Kept orders of a scheme that is no more, after fields were put in another order or the currency was changed.

Whoever reads one builds it afresh each time (crm.services.orders); here they are written anew, in the background.
"""

from django.db import transaction
from django_tasks import task

from crm.models import Deal
from crm.services.orders import Scheme, rewrite_orders
from crm.services.pieces import Place, in_pieces, jobs_under_way

ROWS = 500

# What this process has found no other orders of: it need not read all deals again.
checked: set[int] = set()


def renew_orders() -> None:
    """A round: begin to rewrite stale orders where there are any, unless somebody is at it."""
    scheme = Scheme.current().number
    if scheme in checked:
        return
    if jobs_under_way(rewrite_stale_orders.module_path).exists():
        return
    if Deal.objects.exclude(order_scheme=scheme).exists():
        rewrite_stale_orders.enqueue(0)
    else:
        checked.clear()
        checked.add(scheme)


@task()
def rewrite_stale_orders(after: int) -> None:
    """Rewrite some seconds' worth of those behind the deal `after`; begun twice, it finds them done."""
    place = Place(after)
    in_pieces(lambda: place.move_to(rewrite_some(place.last)), again=lambda: rewrite_stale_orders.enqueue(place.last))


@transaction.atomic
def rewrite_some(after: int) -> int | None:
    """The number of the last deal of the piece; None when there is none left. Nothing is exported anew for it."""
    stale = Deal.objects.filter(pk__gt=after).exclude(order_scheme=Scheme.current().number).order_by("pk")
    deals = list(stale.select_for_update(no_key=True)[:ROWS])
    rewrite_orders(deals)
    return deals[-1].pk if deals else None
