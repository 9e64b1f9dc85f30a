"""What the frame around every page shows."""

from collections.abc import Callable

from django.http import HttpRequest

from crm.models import Task


def frame(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """`overdue_count`: the person's overdue tasks, for the rail; counted only where a template shows it."""

    def overdue_count() -> int:
        user = request.user
        return Task.objects.overdue().filter(assignee=user).count() if user.is_authenticated else 0

    return {"overdue_count": overdue_count}
