from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IntegrationQuerySet(models.QuerySet["Integration"]):
    def active(self) -> "IntegrationQuerySet":
        return self.filter(is_active=True)


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
    rights = models.CharField(_("rights"), max_length=10, choices=Rights, default=Rights.READ_WRITE)
    dialect = models.CharField(_("dialect"), max_length=10, choices=Dialect, default=Dialect.UNIVERSE)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Off: every request is answered with 401."))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

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
