"""Pages of lists that can hold millions of rows."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from crm.generics import Paginator


class BoundedPaginator(Paginator[Any]):
    """Counts no further than `bound`: an exact count of a million rows would cost more than the page itself.

    What lies behind is reached by search, filters and the reverse order.
    """

    bound = 10_000
    object_list: QuerySet[Any]

    @cached_property
    def first_rows(self) -> list[Any]:
        """The rows of the first page and, if there is one, the row behind it."""
        return list(self.object_list[: self.per_page + 1])

    @cached_property
    def counted(self) -> int:
        # What fits the first page is counted with it: a search that finds little reads the table once, not twice.
        if len(self.first_rows) <= self.per_page:
            return len(self.first_rows)
        return self.object_list.order_by()[: self.bound + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.bound)

    @property
    def is_bounded(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.counted > self.bound

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        if number == 1:
            return Page(self.first_rows[: self.per_page], number, self)
        return super().page(number)


class BoundedChangeList(ChangeList):
    """Django's, with the rows that its paginator has read already."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.multi_page and isinstance(self.paginator, BoundedPaginator):
            self.result_list = self.paginator.first_rows
