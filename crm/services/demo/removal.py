"""The demo's end: what it made goes; what people or services did something with since stays."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, ProtectedError, Q, QuerySet
from django.utils import timezone

from crm.models import Batch, Call, Change, Client, CustomField, Deal, FirmPhone, Integration, Message, Task, User
from crm.services.custom_fields import delete_field
from crm.services.demo.shop import BATCH_KIND, BRANCH_FIELD, DEMO_SERVICE, FIRM_PHONES, MANAGERS, OBSERVER
from crm.services.erasing import announce
from crm.services.firm_phones import delete_firm_phone
from crm.services.locking import lock

# Rows deleted at once, with all that hangs on them.
ROWS = 500
ACTIVITIES: tuple[Any, ...] = (Message, Task, Call)


@dataclass(frozen=True)
class DemoRows:
    """How many deals and clients of the demo there are."""

    deals: int
    clients: int

    def __bool__(self) -> bool:
        return bool(self.deals or self.clients)


def demo_rows() -> DemoRows:
    return DemoRows(Deal.objects.filter(_made()).count(), Client.objects.filter(_made()).count())


def demo_rows_to_go() -> DemoRows:
    """Those that nobody did anything with. A client is counted who goes once these deals are gone."""
    deals = _deals()
    staying = Deal.objects.exclude(pk__in=deals.values("pk")).filter(client=OuterRef("pk"))
    return DemoRows(deals.count(), _clients().exclude(Exists(staying)).count())


@transaction.atomic
def remove_demo(*, by: User) -> DemoRows:
    """Delete what the demo made; how much of it stays is returned.

    A deal stays, with its client and all that is on it, where anybody or anything wrote to it since, or wrote a
    comment, a task or a call on it; a client too. A person of the demo stays, switched off, whom a row still names.
    """
    lock("demo")
    _delete(list(_deals().values_list("pk", flat=True)), Deal, lambda pks: announce(pks, [], at=timezone.now()))
    without_deals = _clients().exclude(Exists(Deal.objects.filter(client=OuterRef("pk"))))
    _delete(list(without_deals.values_list("pk", flat=True)), Client, lambda pks: announce([], pks, at=timezone.now()))
    _delete(list(_untouched(Call).filter(deal=None, client=None).values_list("pk", flat=True)), Call)
    _remove_history()
    _remove_shop(by)
    return demo_rows()


def _made() -> Q:
    """The condition that the demo made the row."""
    created = Change.objects.filter(batch__kind=BATCH_KIND, verb=Change.Verb.CREATED)
    return Q(Exists(created.filter(number=OuterRef("pk"))))


def _untouched(model: type[Any]) -> "QuerySet[Any]":
    """The demo's rows to which nothing was written since; of calls those on which nothing was written either."""
    since = Change.objects.filter(Q(batch=None) | ~Q(batch__kind=BATCH_KIND), number=OuterRef("pk"))
    rows = model.objects.filter(_made()).exclude(Exists(since))
    if model is Call:
        for on_call in (Message, Task):
            rows = rows.exclude(Exists(on_call._default_manager.filter(call=OuterRef("pk"))))
    return rows  # type: ignore[no-any-return]


def _without_real_activities(rows: "QuerySet[Any]", noun: str) -> "QuerySet[Any]":
    for model in ACTIVITIES:
        real = model.objects.exclude(pk__in=_untouched(model).values("pk"))
        rows = rows.exclude(Exists(real.filter(**{noun: OuterRef("pk")})))
    return rows


def _deals() -> "QuerySet[Deal]":
    return _without_real_activities(_untouched(Deal), "deal")


def _clients() -> "QuerySet[Client]":
    """Those to go, unless a deal of theirs stays."""
    merged = Client.objects.filter(merged_into=OuterRef("pk"))
    return _without_real_activities(_untouched(Client), "client").exclude(Exists(merged))


def _delete(
    numbers: list[int], model: type[Model], before: Callable[[list[int]], None] = lambda numbers: None
) -> None:
    for start in range(0, len(numbers), ROWS):
        some = numbers[start : start + ROWS]
        before(some)
        model._default_manager.filter(pk__in=some).delete()


def _remove_history() -> None:
    """Of what is gone; what stays keeps its own, by which it is known to be the demo's."""
    changes = Change.objects.filter(batch__kind=BATCH_KIND)
    for model in (Deal, Client, *ACTIVITIES):
        changes = changes.exclude(Exists(model.objects.filter(pk=OuterRef("number"))))
    changes.delete()
    Batch.objects.filter(kind=BATCH_KIND).exclude(Exists(Change.objects.filter(batch=OuterRef("pk")))).delete()


def _remove_shop(by: User) -> None:
    """The people whom nobody has ever been, the firm's phones, the account of the leads and the field of branches."""
    for phone in FirmPhone.objects.filter(normalised__in=FIRM_PHONES):
        delete_firm_phone(phone=phone, by=by, via=Change.Via.WEB)
    Integration.objects.filter(user__login=DEMO_SERVICE, last_used_at=None).delete()
    logins = [*(login for _share, login, _name, _branch in MANAGERS), OBSERVER[0]]
    people = User.objects.filter(login__in=logins, last_login=None)
    services = User.objects.filter(login=DEMO_SERVICE, integration=None)
    for user in (*people, *services):
        if not user.has_usable_password():
            _remove_person(user)
    field = CustomField.objects.filter(name=BRANCH_FIELD).first()
    if field is not None:
        with suppress(ValidationError):  # somebody has filled it in since: it is the firm's own now
            delete_field(field=field, by=by)


def _remove_person(user: User) -> None:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.is_active = False
        user.save(update_fields=["is_active"])
