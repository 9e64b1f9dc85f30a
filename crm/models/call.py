from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client
from crm.models.deal import Deal
from crm.models.number import NumberedQuerySet, NumberField
from crm.models.user import User

# Of nobody known.
IS_UNATTACHED = Q(deal=None, client=None)


class CallQuerySet(NumberedQuerySet["Call"]):
    def visible_to(self, user: User) -> "CallQuerySet":
        """All; for a manager who sees only own deals the calls of deals and clients that he sees, and those of
        nobody known that he took or nobody did.
        """
        if user.sees_all:
            return self.all()
        deals = Deal.objects.visible_to(user).filter(pk=OuterRef("deal"))
        clients = Client.objects.visible_to(user).filter(pk=OuterRef("client"))
        of_nobody = IS_UNATTACHED & (Q(manager=user) | Q(manager=None))
        return self.filter(Exists(deals) | Exists(clients) | of_nobody)

    def missed(self) -> "CallQuerySet":
        """Somebody called and nobody answered."""
        return self.filter(IS_MISSED)

    def unattached(self) -> "CallQuerySet":
        return self.filter(IS_UNATTACHED)


def on_what_is_visible_to(user: User) -> Q:
    """The condition that what a message or a task belongs to is visible: its deal, its client or its call."""
    deals = Deal.objects.visible_to(user).filter(pk=OuterRef("deal"))
    clients = Client.objects.visible_to(user).filter(pk=OuterRef("client"))
    calls = Call.objects.visible_to(user).filter(pk=OuterRef("call"))
    return Q(Exists(deals)) | Q(Exists(clients)) | Q(Exists(calls))


class Call(models.Model):
    """A telephone call, on a deal, on a client, or of nobody known."""

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("Incoming")
        OUTGOING = "outgoing", _("Outgoing")

    class Status(models.TextChoices):
        """How a call ended, in the protocol's words (section 3)."""

        ANSWER = "ANSWER", _("Answered")
        BUSY = "BUSY", _("Line busy")
        NOANSWER = "NOANSWER", _("No answer")
        CANCEL = "CANCEL", _("Hung up before the answer")
        CONGESTION = "CONGESTION", _("Technical failure")
        CHANUNAVAIL = "CHANUNAVAIL", _("Number unavailable")
        DONTCALL = "DONTCALL", _("Refused")
        TORTURE = "TORTURE", _("Answering machine")

    id = NumberField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reported by"),
    )
    outside_id = models.CharField(_("id at the telephony"), max_length=128, blank=True, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, null=True, blank=True, related_name="calls", verbose_name=_("deal"))
    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="calls", verbose_name=_("client")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("manager"),
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.INCOMING)
    status = models.CharField(_("status"), max_length=15, choices=Status, blank=True)
    raw_status = models.CharField(_("status as it came"), max_length=255, blank=True)
    caller = models.CharField(_("caller"), max_length=255, blank=True)
    callee = models.CharField(_("callee"), max_length=255, blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    duration = models.PositiveIntegerField(_("duration, seconds"), null=True, blank=True)
    file_url = models.URLField(_("record"), max_length=2048, blank=True)
    visit = models.CharField(_("visit"), max_length=255, blank=True)
    marker = models.CharField(_("marker"), max_length=255, blank=True)
    # What came and could not be read as a date, a duration or a link: parameter → text, never shown as a link.
    unread = models.JSONField(_("unreadable values"), default=dict, blank=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "outside_id"], condition=~Q(outside_id=""), name="call_reported_once"
            ),
            models.CheckConstraint(condition=Q(deal=None) | Q(client=None), name="call_belongs_to_one_at_most"),
            models.CheckConstraint(condition=Q(direction__in=["incoming", "outgoing"]), name="call_direction_known"),
            models.CheckConstraint(
                condition=Q(file_url="") | Q(file_url__istartswith="http://") | Q(file_url__istartswith="https://"),
                name="call_record_is_a_web_address",
            ),
        ]
        indexes = [
            models.Index(fields=["started_at", "id"], name="call_by_start"),
            # What the list counts: the missed, and those on nothing.
            models.Index(fields=["direction", "status", "id"], name="call_by_outcome"),
            models.Index(
                fields=["deal", "client", "started_at", "id"],
                condition=Q(client=None, deal=None),
                name="call_unattached",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller} → {self.callee}"

    @property
    def is_missed(self) -> bool:
        return self.direction == self.Direction.INCOMING and self.status not in ("", self.Status.ANSWER)


# Somebody called, and how it ended is known to be other than by an answer. The ways are named, since by them, and not
# by what they are not, an index finds the calls.
IS_MISSED = Q(
    direction=Call.Direction.INCOMING, status__in=[how for how in Call.Status.values if how != Call.Status.ANSWER]
)


class FirmPhone(models.Model):
    """A number of the firm itself. In a call it is nobody's: the other side is the client."""

    entered = models.CharField(_("phone"), max_length=255)
    normalised = models.CharField(max_length=255, unique=True, editable=False)

    class Meta:
        verbose_name = _("phone of the firm")
        verbose_name_plural = _("phones of the firm")
        ordering = ["entered"]

    def __str__(self) -> str:
        return self.entered
