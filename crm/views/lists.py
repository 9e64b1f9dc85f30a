"""Pages of a list."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

ROWS_A_PAGE = 50


def page_of(
    request: HttpRequest, rows: QuerySet[Row], *, size: int = ROWS_A_PAGE, count: int | None = None
) -> Page[Row]:
    """The page that the address asks for; the nearest there is where it asks for none or for nonsense.

    `count` is how many rows there are where that is known already.
    """
    paginator = Paginator(rows, size)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def page_links(page: Page[Any]) -> dict[str, Any]:
    """For a template: the numbers of the pages to link to, those far away left out."""
    return {"page_range": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))}
