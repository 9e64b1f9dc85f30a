from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A service that reads deals does so many times a day.
LONGEST_SILENCE = timedelta(days=1)


class IntegrationQuerySet(models.QuerySet["Integration"]):
    def active(self) -> "IntegrationQuerySet":
        return self.filter(is_active=True)

    def silent(self, at: datetime | None = None) -> "IntegrationQuerySet":
        """Those that somebody should look at: in use no more, see `is_silent`."""
        return self.filter(is_silent(at))

    def with_silence(self, at: datetime | None = None) -> "IntegrationQuerySet":
        """Each with `silent`, whether it is one of those."""
        return self.annotate(silent=Case(When(is_silent(at), then=True), default=False))


def is_silent(at: datetime | None = None) -> Q:
    """Active, and for a day no deals were read although they had been before, or nothing ever came.

    An account that only writes, such as a telephony's, is not expected to read.
    """
    since = (at or timezone.now()) - LONGEST_SILENCE
    return Q(is_active=True) & (Q(last_pull_at__lt=since) | Q(last_used_at=None, created_at__lt=since))


class Integration(models.Model):
    """An outside system's account at /analytics, one-to-one with the service user that its writes are signed with.

    The secret is kept only as keyed hashes, written by crm.services.integrations; it is shown once, when it is made.
    """

    class Rights(models.TextChoices):
        READ = "read", _("Read")
        READ_WRITE = "read_write", _("Read and write")

    class Dialect(models.TextChoices):
        UNIVERSE = "universe", _("Universe")
        ROISTAT = "roistat", _("Roistat")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="integration", verbose_name=_("service user")
    )
    secret_hash = models.CharField(max_length=64, editable=False)
    token_hash = models.CharField(max_length=64, editable=False)
    secret_made_at = models.DateTimeField(_("secret made"), null=True, blank=True, editable=False)
    # The secret before this one goes on working until this moment: time to tell the service of the new one.
    old_secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    old_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    old_secret_until = models.DateTimeField(_("old secret works until"), null=True, blank=True, editable=False)
    old_secret_used_at = models.DateTimeField(_("old secret last used"), null=True, blank=True, editable=False)
    rights = models.CharField(_("rights"), max_length=10, choices=Rights, default=Rights.READ_WRITE)
    dialect = models.CharField(_("dialect"), max_length=10, choices=Dialect, default=Dialect.UNIVERSE)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Off: every request is answered with 401."))
    # Networks as text, "192.0.2.0/24"; none is everywhere.
    allowed_addresses = models.JSONField(_("allowed addresses"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    last_pull_at = models.DateTimeField(_("last pull"), null=True, blank=True, editable=False)

    # Set by authentication on the row that it found, for this request alone.
    came_by_old_secret = False

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        ordering = ["user__login"]

    def __str__(self) -> str:
        return self.login

    @property
    def login(self) -> str:
        return self.user.login

    @property
    def can_write(self) -> bool:
        return self.rights == self.Rights.READ_WRITE

    def old_secret_works(self, at: datetime | None = None) -> bool:
        return self.old_secret_until is not None and self.old_secret_until > (at or timezone.now())
