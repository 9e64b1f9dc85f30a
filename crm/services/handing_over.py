"""Giving what one person answers for to another: his deals, his unfinished tasks, his clients.

As crm.services.bulk, it is done in pieces, each a transaction that also notes how far it came; what is left is found
anew each time, so a piece that is done twice finds nothing to do.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from crm.models import Client, Deal, HandOver, SettingChange, Task, User
from crm.services.clients import change_client
from crm.services.many_deals import change_deals, lock_deals
from crm.services.pieces import in_pieces, stopping
from crm.services.setting_changes import record_setting_change
from crm.services.tasks import change_task
from crm.services.undoing import start_batch

State = HandOver.State

# As many as this are given while the person waits.
AT_ONCE = 200
DEALS_A_PIECE = 500
ROWS_A_PIECE = 100


@dataclass(frozen=True)
class InHand:
    """How much a person answers for."""

    open_deals: int
    deals: int
    tasks: int
    clients: int

    def __bool__(self) -> bool:
        return bool(self.deals or self.tasks or self.clients)


def in_hand(user: User) -> InHand:
    deals = Deal.objects.filter(manager=user).present()
    return InHand(
        open_deals=deals.open().count(),
        deals=deals.count(),
        tasks=Task.objects.filter(assignee=user).unfinished().count(),
        clients=Client.objects.filter(manager=user).present().count(),
    )


@transaction.atomic
def hand_over(
    *, giver: User, taker: User, by: User, deals: str = "", tasks: bool = False, clients: bool = False
) -> HandOver:
    """Give to `taker` what is chosen of what `giver` answers for: a little is given when this returns, much is a job.

    ValidationError: nothing is chosen, or `taker` is the giver or cannot answer for deals.
    """
    if taker == giver or not User.objects.assignable().filter(pk=taker.pk).exists():
        raise ValidationError({"taker": _("Choose somebody else who can answer for deals.")})
    if not (deals or tasks or clients):
        raise ValidationError(_("Choose what is handed over."))
    held = in_hand(giver)
    count = {"open": held.open_deals, "all": held.deals}.get(deals, 0)
    count += held.tasks * tasks + held.clients * clients
    hand = HandOver.objects.create(
        giver=giver,
        taker=taker,
        by=by,
        deals=deals,
        tasks=tasks,
        clients=clients,
        count=count,
        batch=start_batch(kind="hand_over", by=by),
    )
    return _set_off(hand)


@transaction.atomic
def resume(*, hand: HandOver) -> HandOver:
    """Go on with what had stopped."""
    hand = _locked(hand.pk)
    if hand.state != State.STOPPED:
        return hand
    hand.state = State.RUNNING
    hand.save(update_fields=["state"])
    carry_on_handing.enqueue(hand.pk)
    return hand


@task()
def carry_on_handing(hand: int) -> None:
    """Some seconds' worth of it. What goes wrong stops it; the piece that went wrong is not done."""
    with stopping(HandOver.objects.filter(pk=hand), State.STOPPED):
        in_pieces(lambda: give_some(hand).is_moving, again=lambda: carry_on_handing.enqueue(hand))


@transaction.atomic
def give_some(pk: int) -> HandOver:
    """The next piece of a handing over that is under way; as it is now."""
    hand = _locked(pk)
    if not hand.is_moving:
        return hand
    if not hand.taker.is_active or not hand.by.is_administrator:
        hand.state = State.STOPPED
    elif not (_give_deals(hand) or _give_tasks(hand) or _give_clients(hand)):
        hand.state = State.DONE
        _tell(hand)
    hand.save(update_fields=["state", "given_deals", "given_tasks", "given_clients"])
    return hand


def _locked(pk: int) -> HandOver:
    related = ("giver", "taker", "by", "batch")
    return HandOver.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=pk)


def _set_off(hand: HandOver) -> HandOver:
    if hand.count > AT_ONCE:
        carry_on_handing.enqueue(hand.pk)
        return hand
    while hand.is_moving:
        hand = give_some(hand.pk)
    return hand


def _give_deals(hand: HandOver) -> bool:
    """Whether there were any."""
    if not hand.deals:
        return False
    held = Deal.objects.filter(manager=hand.giver).present()
    held = held if hand.deals == HandOver.Deals.ALL else held.open()
    numbers = list(held.order_by("pk").values_list("pk", flat=True)[:DEALS_A_PIECE])
    # Somebody may have given one away while this waited for its row.
    deals = [deal for deal in lock_deals(numbers) if deal.manager_id == hand.giver_id]
    if deals:
        change_deals(deals=deals, by=hand.by, batch=hand.batch, at=timezone.now(), manager=hand.taker)
    hand.given_deals += len(deals)
    return bool(numbers)


def _give_tasks(hand: HandOver) -> bool:
    if not hand.tasks:
        return False
    tasks = list(Task.objects.filter(assignee=hand.giver).unfinished().order_by("pk")[:ROWS_A_PIECE])
    for one in tasks:
        change_task(task=one, assignee=hand.taker, by=hand.by, batch=hand.batch)
    hand.given_tasks += len(tasks)
    return bool(tasks)


def _give_clients(hand: HandOver) -> bool:
    if not hand.clients:
        return False
    clients = list(Client.objects.filter(manager=hand.giver).present().order_by("pk")[:ROWS_A_PIECE])
    for one in clients:
        change_client(client=one, manager=hand.taker, by=hand.by, batch=hand.batch)
    hand.given_clients += len(clients)
    return bool(clients)


def _tell(hand: HandOver) -> None:
    """Into the log of settings, how many of each went to whom."""
    given = {"deals": hand.given_deals, "tasks": hand.given_tasks, "clients": hand.given_clients}
    changes = {noun: (count, str(hand.taker)) for noun, count in given.items() if count}
    record_setting_change(about=hand.giver, verb=SettingChange.Verb.HANDED_OVER, by=hand.by, changes=changes)
