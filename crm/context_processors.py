"""What the frame around every page shows."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from crm.reports.frame import Bell, FrameCounts, count_for_frame


def frame(request: HttpRequest) -> dict[str, Callable[[], int | Bell]]:
    """`overdue_count`: the person's overdue tasks, for the rail; `bell`: what he has not read. Counted together, and
    only where a template shows one of them.
    """

    @cache
    def counts() -> FrameCounts:
        # A page of an error may come before anybody knows who asks.
        user = getattr(request, "user", None)
        return count_for_frame(user) if user is not None and user.is_authenticated else FrameCounts()

    return {"overdue_count": lambda: counts().overdue, "bell": lambda: counts().bell}
