"""Kept orders of a scheme that is no more, after fields were put in another order or the currency was changed.

Whoever reads one builds it afresh each time (crm.services.orders); here they are written anew, in the background.
"""

import time

from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from crm.models import Deal
from crm.services.orders import Scheme, rewrite_orders

ROWS = 500
SECONDS_A_JOB = 2.0
# Between two pieces others may write.
BREATH = 0.15

# What this process has found no other orders of: it need not read all deals again.
checked: set[int] = set()


def renew_orders() -> None:
    """A round: begin to rewrite stale orders where there are any, unless somebody is at it."""
    scheme = Scheme.current().number
    if scheme in checked:
        return
    waiting = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"])
    if waiting.filter(task_path=rewrite_stale_orders.module_path).exists():
        return
    if Deal.objects.exclude(order_scheme=scheme).exists():
        rewrite_stale_orders.enqueue(0)
    else:
        checked.clear()
        checked.add(scheme)


@task()
def rewrite_stale_orders(after: int) -> None:
    """Rewrite some seconds' worth of those behind the deal `after`; begun twice, it finds them done."""
    until = time.monotonic() + SECONDS_A_JOB
    while (last := rewrite_some(after)) is not None:
        after = last
        if time.monotonic() > until:
            rewrite_stale_orders.enqueue(after)
            return
        time.sleep(BREATH)


@transaction.atomic
def rewrite_some(after: int) -> int | None:
    """The number of the last deal of the piece; None when there is none left. Nothing is exported anew for it."""
    stale = Deal.objects.filter(pk__gt=after).exclude(order_scheme=Scheme.current().number).order_by("pk")
    deals = list(stale.select_for_update(no_key=True)[:ROWS])
    rewrite_orders(deals)
    return deals[-1].pk if deals else None
