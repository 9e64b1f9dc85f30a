"""The bell: what a person is told of, on a page, in the panel below the bell, and as it comes."""

import re
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.access import get_notification, person
from crm.filters.people import ME
from crm.models import Call, Notification, Task, User
from crm.models.notification import NotificationQuerySet
from crm.reports.frame import read_bell
from crm.reports.notifications import notification_rows
from crm.reports.subjects_seen import subjects_seen
from crm.services.notifications import read_all_notifications, read_notification
from crm.views.going_back import go_back
from crm.views.lists import page_links, page_of
from crm.views.requests import HtmxRequest
from crm.views.search import page_of as page_of_subject

IN_THE_PANEL = 12
# Of what comes at once as many are shown as toasts.
TOASTS = 3
# The bell listens for it and asks what is new.
BELL_CHANGED = "bell-changed"


@require_safe
@never_cache
def list_notifications(request: HttpRequest) -> HttpResponse:
    """All, or `?show=unread`; by htmx, for the panel, the newest."""
    user = person(request)
    told = Notification.objects.visible_to(user).in_bell()
    if request.headers.get("HX-Target") == "bell-panel":
        rows = notification_rows(told[:IN_THE_PANEL], viewer=user)
        return render(request, "crm/_bell_panel.html", {"rows": rows})
    unread = request.GET.get("show") == "unread"
    page = page_of(request, told.unread() if unread else told)
    context = {
        "page": page,
        "rows": notification_rows(cast("NotificationQuerySet", page.object_list), viewer=user),
        "unread": unread,
    }
    return render(request, "crm/notifications.html", context | page_links(page))


@require_safe
@never_cache
def show_news(request: HttpRequest) -> HttpResponse:
    """204 while the bell is as it was `seen`; else its count, and as toasts what came since."""
    user, seen = person(request), request.GET.get("seen", "")
    bell = read_bell(user)
    if bell.version == seen:
        return HttpResponse(status=204)
    unread = Notification.objects.visible_to(user).unread()
    known = re.fullmatch(r"(\d{1,18})-\d+", seen)
    came = unread.filter(pk__gt=int(known[1])) if known else unread.none()
    context = {
        "bell": bell,
        "came": notification_rows(came[:TOASTS], viewer=user)[::-1],
        "still_unread": unread.values_list("pk", flat=True)[:100],
    }
    return render(request, "crm/_bell_news.html", context)


@require_safe
@never_cache
def open_notification(request: HttpRequest, number: int) -> HttpResponse:
    """Leads to what it tells of; by that it is read."""
    user = person(request)
    notification = get_notification(user, number)
    read_notification(notification=notification)
    return redirect(_address_of(notification, viewer=user))


def _address_of(notification: Notification, *, viewer: User) -> str:
    if notification.further:
        # Of many at once: the list of what is his.
        return f"{reverse('deals')}?manager={ME}" if notification.deal else reverse("tasks")
    if notification.deal is not None:
        return notification.deal.get_absolute_url()
    row = notification.task or notification.message
    seen = subjects_seen([row] if row else [], viewer=viewer)
    subject = seen.get(row.pk) if row else None
    if isinstance(row, Task) and (subject is None or isinstance(subject, Call)):
        return reverse("task", args=[row.pk]) if viewer.may_write else reverse("tasks")
    return page_of_subject(subject) if subject else reverse("notifications")


@require_POST
def read_all(request: HtmxRequest) -> HttpResponse:
    read_all_notifications(person=person(request))
    return (
        HttpResponse(status=204, headers={"HX-Trigger": BELL_CHANGED})
        if request.htmx
        else go_back(request, "notifications")
    )
