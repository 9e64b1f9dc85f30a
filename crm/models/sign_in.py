from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SignIn(models.Model):
    """Somebody logged in, or tried to."""

    class Outcome(models.TextChoices):
        SUCCESS = "success", _("let in")
        FAILURE = "failure", _("refused")
        LOCKED = "locked", _("locked")

    class Kind(models.TextChoices):
        PASSWORD = "password", _("password")
        CODE = "code", _("password and code")
        RECOVERY = "recovery", _("password and recovery code")
        LINK = "link", _("invitation")

    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    # Of who does not work here the beginning alone: people type their passwords into the wrong field.
    name = models.CharField(_("login"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    kind = models.CharField(_("by"), max_length=10, choices=Kind)

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.outcome}"
