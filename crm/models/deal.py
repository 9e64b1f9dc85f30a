import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.client import RESTORABLE_FOR, Client, clients_meant_by
from crm.models.folding import FoldedField, words_in
from crm.models.number import NumberedQuerySet, NumberField
from crm.models.status import Status
from crm.models.text_index import DEAL_TEXT
from crm.models.user import User

CLOSED_STAYS_ON_BOARD = timedelta(days=30)


# An open deal has no `closed_at`, so these need neither its status nor its tasks: beside a filter they make
# conditional aggregates that an index alone answers.
HAS_NO_TASK = Q(closed_at=None, next_due_at=None)
HAS_NO_SOURCE = Q(has_source=False)


def has_overdue_task(at: datetime | None = None) -> Q:
    """The condition that a task of the deal was due before `at` (now)."""
    return Q(next_due_at__lt=at or timezone.now())


def deals_meant_by(text: str, *, newest: int | None = None) -> list[Q]:
    """The conditions of which a deal that `text` may mean meets one; an index answers each. None for no word.

    With `newest` the caller walks the deals from the newest on, and stops when he has so many.
    """
    words = words_in(text)
    if not words:
        return []
    conditions = [DEAL_TEXT.rows_with(words)] if newest is None else DEAL_TEXT.newest_with(words, newest)
    conditions += [Q(client__in=Client.objects.filter(meant).values("pk")) for meant in clients_meant_by(text)]
    if number := re.fullmatch(r"#?([0-9]{1,18})", text.strip()):
        conditions.append(Q(pk=int(number[1])))
    return conditions


def _open_in(statuses: Iterable[Status]) -> Q:
    return Q(closed_at=None, status__in=[status.pk for status in statuses if not status.is_closed])


def _closed_in(statuses: Iterable[Status], at: datetime | None) -> Q:
    closed = [status.pk for status in statuses if status.is_closed]
    return Q(closed_at__gte=shown_since(at), status__in=closed)


def shown_since(at: datetime | None = None) -> datetime:
    """From when on a deal must have been closed for the board to show it."""
    return (at or timezone.now()) - CLOSED_STAYS_ON_BOARD


class DealQuerySet(NumberedQuerySet["Deal"]):
    def visible_to(self, user: User) -> "DealQuerySet":
        """All; for a manager who sees only own deals those that are his or nobody's."""
        return self.all() if user.sees_all else self.filter(Q(manager=user) | Q(manager=None))

    def open(self) -> "DealQuerySet":
        return self.filter(status__kind=Status.Kind.OPEN)

    def in_trash(self) -> "DealQuerySet":
        return self.filter(trashed_at__isnull=False)

    def restorable(self, at: datetime | None = None) -> "DealQuerySet":
        """Those in the trash that its page offers to restore."""
        return self.filter(trashed_at__gte=(at or timezone.now()) - RESTORABLE_FOR)

    def present(self) -> "DealQuerySet":
        """All but those in the trash."""
        return self.filter(trashed_at=None)

    def on_board(self, statuses: Iterable[Status], at: datetime | None = None) -> "DealQuerySet":
        """The deals that the columns of these statuses show: of a closed status those closed in the last days."""
        return self.present().filter(_open_in(statuses) | _closed_in(statuses, at))

    def open_on_board(self, statuses: Iterable[Status]) -> "DealQuerySet":
        """Those of `on_board` that are open: apart from the closed ones an index of their own answers for them."""
        return self.present().filter(_open_in(statuses))

    def closed_on_board(self, statuses: Iterable[Status], at: datetime | None = None) -> "DealQuerySet":
        """Those of `on_board` that are closed."""
        return self.present().filter(_closed_in(statuses, at))

    def without_task(self) -> "DealQuerySet":
        return self.filter(HAS_NO_TASK)

    def without_source(self) -> "DealQuerySet":
        return self.filter(HAS_NO_SOURCE)

    def with_overdue_task(self, at: datetime | None = None) -> "DealQuerySet":
        return self.filter(has_overdue_task(at))

    def matching(self, text: str) -> "DealQuerySet":
        """Those that `text` may mean: words of title or visit, the deal's number, or what finds its client."""
        return self.meeting_any(deals_meant_by(text)) if words_in(text) else self

    def changed_since(self, moment: datetime) -> "DealQuerySet":
        """Deals that arrived at `moment` or later, or of which something changed then that the export shows."""
        return self.filter(changed_at__gte=moment)


class Deal(models.Model):
    id = NumberField()
    title = models.CharField(_("title"), max_length=255)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="deals", verbose_name=_("client")
    )
    status = models.ForeignKey(Status, models.PROTECT, related_name="deals", verbose_name=_("status"))
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("manager"),
    )
    # Money is in the installation's one currency; null is unknown, which zero is not.
    price = models.DecimalField(_("price"), max_digits=15, decimal_places=3, null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=15, decimal_places=3, null=True, blank=True)
    visit = models.CharField(
        _("visit"),
        max_length=255,
        blank=True,
        help_text=_("A number, a promo code or the name of an offline source, from the analytics service."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    # Moved by what the exported order shows, and by nothing else (crm.services.orders).
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    lost_reason = models.CharField(_("reason of loss"), max_length=255, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    extra = models.JSONField(_("what no field matched"), default=dict, blank=True, editable=False)
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, blank=True, editable=False)
    status_before_trash = models.ForeignKey(
        Status, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # What is told of it elsewhere, kept here so that it can be counted and sorted by: when the next of its tasks is
    # due, null where nothing is planned (crm.services.next_tasks), and whether a visit or a field says where it came
    # from (crm.services.orders).
    next_due_at = models.DateTimeField(_("next task"), null=True, blank=True, editable=False)
    has_source = models.BooleanField(default=False, editable=False)
    # The order as the export shows it, kept ready, and the scheme it was written by (crm.services.orders).
    order_json = models.TextField(editable=False)
    order_scheme = models.BigIntegerField(default=0, editable=False)
    search_text = FoldedField("title", "visit")

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trashed_at=None, status_before_trash=None)
                | Q(trashed_at__isnull=False, status_before_trash__isnull=False),
                name="deal_in_trash_knows_its_status",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="deal_by_change"),
            models.Index(fields=["visit"], name="deal_by_visit"),
            # What the board counts: its open deals, and those closed lately; nothing but the index is read for it. On
            # SQLite it must hold what its condition says, too.
            models.Index(
                fields=["status", "manager", "price", "next_due_at", "has_source", "closed_at", "trashed_at"],
                condition=Q(closed_at=None, trashed_at=None),
                name="deal_open_figures",
            ),
            models.Index(
                fields=["status", "closed_at", "manager", "price", "next_due_at", "has_source", "trashed_at"],
                condition=Q(closed_at__isnull=False, trashed_at=None),
                name="deal_closed_figures",
            ),
            # What the list counts beside, of all or of one manager: for these, too, no row is read.
            models.Index(
                fields=["next_due_at", "id", "trashed_at", "manager"],
                condition=Q(next_due_at__isnull=False),
                name="deal_by_task",
            ),
            models.Index(fields=["id", "trashed_at"], condition=Q(has_source=False), name="deal_without_source"),
            # The unknown last, upwards and downwards; the first of them is what counts and sums are read from.
            models.Index(
                IsNull(F("price"), rhs=True), F("price").asc(), F("id").asc(), F("trashed_at"), name="deal_by_price_up"
            ),
            models.Index(IsNull(F("price"), rhs=True), F("price").desc(), F("id").desc(), name="deal_by_price_down"),
            models.Index(fields=["trashed_at"], condition=Q(trashed_at__isnull=False), name="deal_in_trash"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("deal", args=[self.pk])


class StatusStay(models.Model):
    """A deal's time in a status; the open one has no end."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="stays", verbose_name=_("deal"))
    status = models.ForeignKey(Status, models.PROTECT, related_name="stays", verbose_name=_("status"))
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("stay in a status")
        verbose_name_plural = _("stays in statuses")
        ordering = ["entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=Q(left_at=None), name="status_stay_one_open"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("entered_at")), name="status_stay_in_order"
            ),
        ]
        indexes = [
            # The cards of a column in their order: who entered last stands on top.
            models.Index(
                fields=["status", "-entered_at", "-deal"], condition=Q(left_at=None), name="status_stay_by_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.status}"
