"""What the frame around every page shows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from crm.models import SavedView
from crm.reports.frame import Frame, read_frame

KEPT = "_frame"


def frame(request: HttpRequest) -> dict[str, Callable[[], Any]]:
    """`overdue_count`: the person's overdue tasks, for the rail; `rail_views`: his saved views by their page; `bell`:
    what he has not read. Read together, and only where a template shows one of them.
    """
    return {
        "overdue_count": lambda: frame_of(request).overdue,
        "rail_views": lambda: rail_views(request),
        "bell": lambda: frame_of(request).bell,
    }


def frame_of(request: HttpRequest) -> Frame:
    """Read once a request."""
    kept: Frame | None = getattr(request, KEPT, None)
    if kept is None:
        # A page of an error may come before anybody knows who asks.
        user = getattr(request, "user", None)
        kept = read_frame(user) if user is not None and user.is_authenticated else Frame()
        setattr(request, KEPT, kept)
    return kept


def rail_views(request: HttpRequest) -> dict[str, list[SavedView]]:
    return {page: frame_of(request).views_of(page) for page in SavedView.Page.values}
