"""Counts of lists that may be long."""

from collections.abc import Mapping
from typing import Any

from django.db.models import DecimalField, IntegerField, QuerySet, Subquery

from crm.models import User

# More rows than this a list counts only when it is asked to: a figure of a million must not hold its rows up.
COUNTED = 10_000


class CountOf(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class SumOf(Subquery):
    """The sum over the rows of a query of one column, which is called `price`."""

    template = "(SELECT COALESCE(SUM(counted.price), 0) FROM (%(subquery)s) AS counted)"
    output_field = DecimalField(max_digits=20, decimal_places=3)


def count_each(lists: Mapping[str, QuerySet[Any]], *, user: User) -> dict[str, int]:
    """How many rows each of the lists has, up to one more than COUNTED; one query, which hangs on the row of `user`,
    who looks.
    """
    counts = {name: CountOf(rows.order_by().values("pk")[: COUNTED + 1]) for name, rows in lists.items()}
    return dict(User.objects.filter(pk=user.pk).values(**counts).get())
