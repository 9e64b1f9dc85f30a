"""`seed_demo`: fills an empty base with a shop's two years."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Deal, Task
from crm.models.number import take_numbers
from crm.models.text_index import without_text_indexes
from crm.services.demo.amounts import Amounts
from crm.services.demo.loading import analyze, load
from crm.services.demo.rows import Rows
from crm.services.demo.salon import Salon
from crm.services.demo.shop import set_up_shop
from crm.services.next_tasks import keep_next_task

# Some 100 of them are open: a board as a salon has it.
DEFAULT_DEALS = 3_300
DEFAULT_SEED = 1

# Deals in one transaction, with some 18 rows each.
CHUNK = 5_000
NUMBERS_AT_ONCE = 10_000


def seed_demo(
    *, deals: int, seed: int, now: datetime, progress: Callable[[int], object] = lambda deals: None
) -> Amounts:
    """Write the demo: the same rows for the same `deals`, `seed` and `now`, the moment at which its two years end.

    `progress` is called with the number of deals just written; each chunk of them is a transaction of its own. Of what
    has a number, the demo is what has its Change with the verb created in the Batch of kind "demo".
    ValidationError: the base holds deals, which may be real ones.
    """
    if Deal.objects.exists():
        raise ValidationError(_("The database holds deals already; the demo goes into an empty one only."))
    amounts = Amounts(deals)
    shop = set_up_shop(now=now)
    rows = Rows(batch=shop.batch, service=shop.service)
    told = Salon(amounts, shop=shop, seed=seed, now=now, numbers=numbers(amounts.numbers), rows=rows).deals()
    with without_text_indexes(transaction.get_connection()):
        while chunk := len(list(islice(told, CHUNK))):
            with transaction.atomic():
                for model, tuples in rows.take():
                    load(model, tuples)
            progress(chunk)
    keep_next_task(Task.objects.unfinished().exclude(deal=None).values_list("deal", flat=True))
    analyze()
    return amounts


def numbers(total: int) -> Iterator[int]:
    """The next `total` numbers of the sequence, taken in blocks as they are needed."""
    while total:
        block = take_numbers(min(total, NUMBERS_AT_ONCE), using=transaction.get_connection().alias)
        yield from block
        total -= len(block)
