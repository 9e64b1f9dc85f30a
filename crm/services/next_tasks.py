"""When the next task of a deal is due, kept on the deal: what boards and lists count and sort by.

Every write to a task of a deal locks the deal before it, and ends here.
"""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from crm.models import Deal, Task


def lock_deals(*deals: int | None) -> None:
    """Hold the rows of these deals to the end of the transaction: of two who write tasks of one, the second waits."""
    numbers = {number for number in deals if number is not None}
    if numbers:
        list(Deal.objects.select_for_update(no_key=True).filter(pk__among=numbers).order_by("pk").values_list("pk"))


def keep_next_task(deals: Iterable[int | None]) -> None:
    """Write down when the next task of each of these deals is due; null where nothing is planned."""
    numbers = {number for number in deals if number is not None}
    if numbers:
        unfinished = Task.objects.unfinished().filter(deal=OuterRef("pk")).order_by("due_at")
        Deal.objects.filter(pk__among=numbers).update(next_due_at=Subquery(unfinished.values("due_at")[:1]))
