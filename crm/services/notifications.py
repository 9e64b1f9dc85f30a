"""Telling people: rows of Notification, written in the transaction of what they tell of. Nobody is told of what he did
himself, and an import tells nobody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from crm.models import Batch, Change, Deal, Message, Notification, NotificationKind, Task, User
from crm.models.prepared import prepared
from crm.models.remembering import remembered
from crm.services.inserting import insert_for_each
from crm.services.mentions import find_mentioned

Kind = NotificationKind

# What was read, or is no more so, is kept this long; what nobody ever looked at, this long.
KEPT = timedelta(days=90)
KEPT_UNREAD = timedelta(days=365)
# What is no more so counts as read after this long, so that the bell need not look at it each time.
SETTLES_AFTER = timedelta(days=1)


class Reachable(NamedTuple):
    """What `notify` must know of a person."""

    pk: int
    email: str
    is_active: bool
    not_told_of: list[str]
    mailed_of: list[str]


def notify(
    people: Iterable[User | Reachable], *, kind: NotificationKind, by: User | None, at: datetime, **subject: Any
) -> None:
    """Tell those who want to be told, however many at once; `subject` are the columns that say of what.

    Of a reminder that another worker has written already no second one is written. One that its person does not want
    is written too, and shown nowhere: nobody need look again whether its moment has come.
    """
    told: dict[tuple[bool, bool], list[int]] = {}
    for one in people:
        ways = kind not in one.not_told_of, is_mailed(one, kind)
        if (by is None or one.pk != by.pk) and one.is_active and (kind == Kind.DUE or any(ways)):
            told.setdefault(ways, []).append(one.pk)
    for (in_crm, by_mail), keys in told.items():
        row = Notification(kind=kind, by=by, at=at, in_crm=in_crm, by_mail=by_mail, **subject)
        insert_for_each(row, "person", keys, ignoring_doubles=kind == Kind.DUE)


def is_mailed(person: User | Reachable, kind: NotificationKind) -> bool:
    return bool(settings.CAN_SEND_EMAIL and person.email and kind in person.mailed_of)


def tell_of_lead(*, deal: Deal, by: User | None, at: datetime) -> None:
    """A lead that nobody is responsible for: whoever may take it is told."""
    notify(_who_may_take_it(), kind=Kind.LEAD, deal=deal, by=by, at=at)


@remembered
def _who_may_take_it() -> list[Reachable]:
    return list(map(Reachable._make, _assignable()))


@prepared
def _assignable() -> "QuerySet[User, tuple[Any, ...]]":
    return cast("QuerySet[User, tuple[Any, ...]]", User.objects.assignable().values_list(*Reachable._fields))


def tell_manager(*, deal: Deal, by: User | None, via: Change.Via, at: datetime, batch: Batch | None = None) -> None:
    if deal.manager is not None and via != Change.Via.IMPORT:
        _tell_once_a_batch(deal.manager, batch, kind=Kind.DEAL, deal=deal, by=by, at=at)


def tell_assignee(*, task: Task, by: User | None, via: Change.Via, at: datetime, batch: Batch | None = None) -> None:
    if task.assignee is not None and via != Change.Via.IMPORT:
        _tell_once_a_batch(task.assignee, batch, kind=Kind.TASK, task=task, by=by, at=at)


def _tell_once_a_batch(person: User, batch: Batch | None, *, kind: NotificationKind, **columns: Any) -> None:
    """What is done to many at once is told by the first of them; the others are counted."""
    told = Notification.objects.filter(person=person, batch=batch, kind=kind) if batch else None
    if told is None or not told.update(count=F("count") + 1):
        notify([person], kind=kind, batch=batch, **columns)


def tell_mentioned(*, message: Message, by: User | None, via: Change.Via, at: datetime) -> None:
    """Those whom a comment of a colleague names and who may see it. What comes from outside mentions nobody."""
    if via in (Change.Via.WEB, Change.Via.ADMIN):
        notify(find_mentioned(message), kind=Kind.MENTION, message=message, by=by, at=at)


def read_notification(*, notification: Notification, at: datetime | None = None) -> None:
    if notification.read_at is None:
        Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=at or timezone.now())


def read_all_notifications(*, person: User, at: datetime | None = None) -> None:
    Notification.objects.filter(person=person, read_at=None).update(read_at=at or timezone.now())


def trim_notifications(at: datetime | None = None) -> None:
    """A round: what is no more so counts as read, and what was read long ago goes."""
    moment = at or timezone.now()
    past = Notification.objects.filter(read_at=None, at__lt=moment - SETTLES_AFTER)
    past.exclude(pk__in=Notification.objects.unread().values("pk")).update(read_at=moment)
    Notification.objects.filter(Q(read_at__lt=moment - KEPT) | Q(at__lt=moment - KEPT_UNREAD)).delete()
