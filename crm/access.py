"""Who may see and do what: lookup and permission in one call.

What is not visible does not exist: the `get_…` functions raise Http404 for it, and for what is not there. They read by
the `visible_to(user)` of each QuerySet, as every list, count, sum and search does. Observers read everything and write
nothing: a view that writes carries `@writer_required`, or calls `demand_writer` where only a part of it writes.
Everybody here is logged in: LoginRequiredMiddleware lets nobody else through to a view without
`@login_not_required`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from crm.models import (
    Attachment,
    Batch,
    Bulk,
    Call,
    Client,
    CustomField,
    Deal,
    FieldChoice,
    HandOver,
    Integration,
    Message,
    Notification,
    NotificationKind,
    SavedView,
    Status,
    Task,
    User,
)
from crm.models.number import LARGEST

Row = TypeVar("Row", bound=Model)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def person(request: HttpRequest) -> User:
    """Who asks, for the type checker too: behind LoginRequiredMiddleware it is always a User."""
    return cast("User", request.user)


def get_deal(user: User, number: int) -> Deal:
    """The deal with all that its pages show beside it; Http404 where this person sees no such deal."""
    return _get(Deal.objects.visible_to(user).select_related("client", "status", "manager"), number)


def get_client(user: User, number: int) -> Client:
    """The client, or the one that he was merged into; Http404 where this person sees no such client.

    A view redirects to the page of the client it got when his number is not the one that was asked for.
    """
    if number > LARGEST:
        raise Http404
    merged = Client.objects.filter(pk=number).exclude(merged_into=None).first()
    return _get(Client.objects.visible_to(user).select_related("manager"), merged.survivor().pk if merged else number)


def get_task(user: User, number: int) -> Task:
    related = ("deal", "client", "call", "assignee")
    return _get(Task.objects.visible_to(user).select_related(*related), number)


def get_call(user: User, number: int) -> Call:
    return _get(Call.objects.visible_to(user).select_related("deal", "client", "manager"), number)


def get_message(user: User, number: int) -> Message:
    return _get(Message.objects.visible_to(user).select_related("deal", "client", "call", "author"), number)


def get_attachment(user: User, number: int, *, removed: bool = False) -> Attachment:
    """A file on what this person sees now; one that was removed only where it is to be restored."""
    rows = Attachment.objects.visible_to(user).select_related("deal", "client")
    return _get(rows if removed else rows.present(), number)


def get_saved_view(user: User, number: int) -> SavedView:
    return _get(SavedView.objects.visible_to(user).select_related("owner"), number)


def get_bulk(user: User, number: int) -> Bulk:
    """What somebody does to many deals at once; Http404 unless it is his own, or he is an administrator."""
    return _get(Bulk.objects.visible_to(user).select_related("by", "batch", "undone_by"), number)


def get_batch(user: User, number: int) -> Batch:
    """What this person may undo as one."""
    return _get(Batch.objects.undoable_by(user), number)


def get_notification(user: User, number: int) -> Notification:
    """One of this person's own."""
    related = ("deal", "task", *(f"{row}__{on}" for row in ("task", "message") for on in ("deal", "client", "call")))
    return _get(Notification.objects.visible_to(user).select_related(*related), number)


def get_lead(user: User, number: int) -> Deal:
    """The deal, also where a colleague took it since, who hides it by that: whoever was told of it learns by whom."""
    told = Notification.objects.filter(person=user, kind=NotificationKind.LEAD).values("deal")
    visible = Deal.objects.visible_to(user).values("pk")
    return _get(Deal.objects.filter(Q(pk__in=visible) | Q(pk__in=told)), number)


def get_colleague(number: int) -> User:
    """A person, for those who administer people."""
    people: QuerySet[User] = User.objects.people()
    return _get(people, number)


def get_hand_over(number: int) -> HandOver:
    return _get(HandOver.objects.select_related("giver", "taker"), number)


def get_status(number: int) -> Status:
    return _get(Status.objects.all(), number)


def get_custom_field(number: int) -> CustomField:
    return _get(CustomField.objects.all(), number)


def get_integration(number: int) -> Integration:
    """An outside system's account, with its service user."""
    return _get(Integration.objects.select_related("user"), number)


def get_choice(field: int, number: int) -> FieldChoice:
    """A label that the field offers."""
    return _get(FieldChoice.objects.filter(field=get_custom_field(field)).select_related("field"), number)


def demand_writer(user: User) -> None:
    """PermissionDenied (403) for those who only look."""
    if not user.may_write:
        raise PermissionDenied(_("You can look at everything here, but change nothing: you are an observer."))


def demand_administrator(user: User) -> None:
    """PermissionDenied (403) for everybody but administrators."""
    if not user.is_administrator:
        raise PermissionDenied(_("This is for administrators."))


def writer_required(view: View) -> View:
    """A view that writes, whatever the method: 403 for observers."""
    return _guarded(view, demand_writer)


def administrator_required(view: View) -> View:
    return _guarded(view, demand_administrator)


def _guarded(view: View, demand: Callable[[User], None]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand(person(request))
        return cast("HttpResponse", view(request, *args, **kwargs))

    return cast("View", guarded)


def _get(rows: QuerySet[Row], number: int) -> Row:
    row = rows.filter(pk=number).first() if number <= LARGEST else None
    if row is None:
        raise Http404
    return row
