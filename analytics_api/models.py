"""What the protocol keeps for itself: the log of calls, walks, retry keys and failed log-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Integration

PULL = "export"
# By what pages of deals that the service itself has read are known.
OF_A_PULL = {"action": PULL, "outcome": "ok", "by": None}
# A walk lives so long after its last page.
WALK_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Pull:
    """What an account fetched in one go: when last, by how many requests, how many deals, and the seconds that it was
    answered in.
    """

    at: datetime
    pages: int
    deals: int
    seconds: float


class CallLogQuerySet(models.QuerySet["CallLog"]):
    def to_be_looked_at(self) -> "CallLogQuerySet":
        return self.exclude(outcome=CallLog.Outcome.OK)

    def failed(self) -> "CallLogQuerySet":
        return self.filter(outcome__in=[CallLog.Outcome.ERROR, CallLog.Outcome.FAULT])

    def pulls(self) -> "CallLogQuerySet":
        """Pages of deals that the service itself has read."""
        return self.filter(**OF_A_PULL)

    def first_pages(self) -> "CallLogQuerySet":
        """The requests that a pull begins with."""
        return self.pulls().filter(Q(parameters__offset__isnull=True) | Q(parameters__offset__in=["", "0"]))

    def last_pulls(self) -> "dict[int, Pull]":
        """The last pull of each account, from its first page on, by the account's key; one query."""
        first = self.first_pages().filter(integration=OuterRef("pk")).order_by("-at").values("at")[:1]
        its_pages = {f"call_log__{column}": value for column, value in OF_A_PULL.items()}
        begun = Integration.objects.annotate(begun=Subquery(first))
        accounts = begun.filter(**its_pages, call_log__at__gte=F("begun")).order_by()
        summed = accounts.values("pk").annotate(
            last=Max("call_log__at"),
            pages=Count("call_log"),
            deals=Coalesce(Sum("call_log__rows"), 0),
            duration_ms=Sum("call_log__duration_ms"),
        )
        return {row["pk"]: Pull(row["last"], row["pages"], row["deals"], row["duration_ms"] / 1000) for row in summed}

    def older_than(self, pk: int) -> "CallLogQuerySet":
        """Behind the row `pk` when the newest stands first; behind nothing where that was trimmed away."""
        at = CallLog.objects.filter(pk=pk).values("at")
        return self.filter(Q(at__lt=Subquery(at)) | Q(at=Subquery(at), pk__lt=pk))

    def newest_first(self) -> "CallLogQuerySet":
        return self.order_by("-at", "-pk")


class CallLog(models.Model):
    """One request that was let in, with its outcome. Written outside the transaction of the work itself."""

    class Outcome(models.TextChoices):
        OK = "ok", _("OK")
        FLAGGED = "flagged", _("OK, with remarks")
        ERROR = "error", _("Error")
        FAULT = "fault", _("Internal fault")

    at = models.DateTimeField(_("at"), default=timezone.now)
    integration = models.ForeignKey(
        Integration, models.CASCADE, verbose_name=_("integration"), related_name="call_log", db_index=False
    )
    action = models.CharField(_("action"), max_length=20)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # The error's message, or the remarks of a write that was accepted all the same, a line each.
    message = models.TextField(_("message"), blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    number = models.BigIntegerField(_("number"), null=True, help_text=_("Of what was written."))
    rows = models.PositiveIntegerField(_("rows"), null=True, help_text=_("How many the answer holds."))
    duration_ms = models.FloatField(_("duration, ms"))
    address = models.CharField(_("address"), max_length=45, blank=True)
    # Answered with the number that an earlier request had made: nothing new was written.
    is_retry = models.BooleanField(_("retry"), default=False)
    # Null: the service itself; else who sent it in its name from the pages.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    # One failed call is sent again once: held by the key, however often somebody clicks.
    replay_of = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replay", verbose_name=_("sends again")
    )

    objects = CallLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("call by an integration")
        verbose_name_plural = _("log of calls by integrations")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["at", "id"], name="call_log_by_time"),
            models.Index(fields=["at", "id"], condition=~Q(outcome="ok"), name="call_log_not_ok"),
            models.Index(fields=["integration", "action", "at"], name="call_log_by_account"),
            models.Index(fields=["number"], condition=Q(number__isnull=False), name="call_log_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.outcome}"

    @property
    def is_pull(self) -> bool:
        """Whether the service has read deals."""
        return self.action == PULL and self.outcome == self.Outcome.OK and self.by_id is None

    @property
    def failed(self) -> bool:
        return self.outcome in (self.Outcome.ERROR, self.Outcome.FAULT)


class WalkQuerySet(models.QuerySet["Walk"]):
    def alive(self, at: datetime) -> "WalkQuerySet":
        """Those that somebody may still go on with."""
        return self.filter(last_page_at__gte=at - WALK_LIFETIME)

    def abandoned(self, at: datetime) -> "WalkQuerySet":
        return self.filter(last_page_at__lt=at - WALK_LIFETIME)


class Walk(models.Model):
    """One pull as one picture: the ids that a set had when its first page was asked for (section 2, Paging)."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="+", db_index=False)
    action = models.CharField(max_length=20)
    # The `date` parameter in UNIX seconds; null is the whole set, a walk of its own.
    since = models.BigIntegerField(null=True)
    total_count = models.PositiveIntegerField()
    # When the request that began it arrived. The newest walk is the one asked for last, which need not be the one
    # written last: a request whose connection was cut may be carried out behind its own repetition.
    began_at = models.DateTimeField()
    last_page_at = models.DateTimeField()

    objects = WalkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["integration", "action", "since", "began_at"], name="walk_by_what_it_walks")]

    def __str__(self) -> str:
        return f"{self.action} since {self.since}: {self.total_count}"


class WalkChunk(models.Model):
    """A run of a walk's ids, packed; `position` counts the chunks from 0."""

    walk = models.ForeignKey(Walk, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    ids = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["walk", "position"], name="walk_chunk_once")]

    def __str__(self) -> str:
        return f"{self.walk_id}/{self.position}"


class LastValue(models.Model):
    """What an erased deal or client was last, for the walks that began while it was there (section 2, Paging)."""

    action = models.CharField(max_length=20)
    number = models.BigIntegerField()
    value = models.JSONField()
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "number"], name="last_value_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.number}"


class RetryKey(models.Model):
    """What a write was asked by, and the number it was answered with: a retry is answered the same (section 3)."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="+", db_index=False)
    action = models.CharField(max_length=20)
    # "id:" and the caller's own id, for good; or "sha256:" of the request, for ten minutes.
    key = models.CharField(max_length=200)
    number = models.BigIntegerField()
    # Empty where nothing is compared: a request told by all of its parameters, or a person who was erased.
    parameters = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "action", "key"], name="retry_key_once")]
        indexes = [models.Index(fields=["at"], condition=Q(key__startswith="sha256:"), name="retry_key_by_age")]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class FailedAccess(models.Model):
    """Failed log-ins of one address in one window of time: counted, not written down one by one."""

    address = models.CharField(_("address"), max_length=45)
    window = models.DateTimeField(_("since"))
    count = models.PositiveIntegerField(_("failed log-ins"), default=0)

    class Meta:
        verbose_name = _("failed log-ins of an address")
        verbose_name_plural = _("failed log-ins by address")
        ordering = ["-window", "address"]
        constraints = [models.UniqueConstraint(fields=["address", "window"], name="failed_access_once")]

    def __str__(self) -> str:
        return f"{self.address}: {self.count}"
