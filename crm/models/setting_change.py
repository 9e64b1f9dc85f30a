from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.change import Change


class SettingChangeQuerySet(models.QuerySet["SettingChange"]):
    def authors(self) -> "models.QuerySet[SettingChange, int | None]":
        """The keys of those who changed something."""
        return self.exclude(by=None).order_by().values_list("by", flat=True).distinct()


class SettingChange(models.Model):
    """One fact of how the installation came to be set up as it is. Whom it is about may be gone, so his name is kept
    with it; a secret never is.
    """

    class About(models.TextChoices):
        STATUS = "status", _("Status")
        FIELD = "field", _("Custom field")
        PERSON = "person", _("Person")
        INTEGRATION = "integration", _("Integration")
        FIRM = "firm", _("Firm")

    class Verb(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        INVITED = "invited", _("invited")
        RENEWED = "renewed", _("renewed")
        HANDED_OVER = "handed_over", _("handed over")

    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    via = models.CharField(_("via"), max_length=10, choices=Change.Via)
    about = models.CharField(_("about"), max_length=15, choices=About)
    row = models.BigIntegerField(_("row"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    verb = models.CharField(_("what"), max_length=15, choices=Verb)
    field = models.CharField(_("field"), max_length=50, blank=True)
    old = models.JSONField(_("old value"), null=True, blank=True)
    new = models.JSONField(_("new value"), null=True, blank=True)

    objects = SettingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the settings")
        verbose_name_plural = _("changes of the settings")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(about__in=["status", "field", "person", "integration", "firm"]),
                name="setting_change_about_known",
            ),
        ]
        indexes = [models.Index(fields=["about", "id"], name="setting_change_by_about")]

    def __str__(self) -> str:
        return f"{self.about} {self.name}: {self.verb} {self.field}".rstrip()
