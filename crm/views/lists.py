"""Pages of a list."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from crm.models.number import NumberedRows

Row = TypeVar("Row", bound=Model)

ROWS_A_PAGE = 50


class Pages(Paginator[Row]):
    """Pages of rows. Beyond `most` rows none are counted and none are shown: "10,000+"."""

    def __init__(
        self,
        rows: QuerySet[Row] | NumberedRows[Row],
        size: int,
        *,
        counted: int | None = None,
        most: int | None = None,
    ) -> None:
        super().__init__(rows, size)  # type: ignore[arg-type]  # it asks for no more than a slice
        self.rows, self.most = rows, most
        if counted is not None:
            self.counted = counted

    @cached_property
    def counted(self) -> int:
        """How many rows there are; one more than `most` stands for all that are more."""
        return self.rows[: self.most + 1].count() if self.most is not None else self.rows.count()

    @cached_property
    def count(self) -> int:
        return self.counted if self.most is None else min(self.counted, self.most)


def page_of(
    request: HttpRequest,
    rows: QuerySet[Row] | NumberedRows[Row],
    *,
    size: int = ROWS_A_PAGE,
    count: int | None = None,
    most: int | None = None,
) -> Page[Row]:
    """The page that the address asks for; the nearest there is where it asks for none or for nonsense.

    `count` is how many rows there are where that is known already, `most` how many are shown at all.
    """
    return Pages(rows, size, counted=count, most=most).get_page(request.GET.get("page"))


def keyed_page(rows: QuerySet[Row]) -> tuple[list[Row], int | None]:
    """The first page of a log, the latest first, and behind which key the next begins: what comes meanwhile shifts
    nothing.
    """
    found = list(rows[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    return shown, shown[-1].pk if len(found) > ROWS_A_PAGE else None


def page_links(page: Page[Any]) -> dict[str, Any]:
    """For a template: the numbers of the pages to link to, those far away left out."""
    return {"page_range": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))}
