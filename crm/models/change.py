from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.user import User


class BatchQuerySet(models.QuerySet["Batch"]):
    def undoable_by(self, user: User) -> "BatchQuerySet":
        """What he did himself; for an administrator what anybody did."""
        return self.all() if user.is_administrator else self.filter(by=user)


class Batch(models.Model):
    """Changes that were made as one and can be undone as one."""

    kind = models.CharField(_("kind"), max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ChangeQuerySet(models.QuerySet["Change"]):
    def told(self) -> "ChangeQuerySet":
        """Without what is kept only for a move to be undone."""
        return self.exclude(field__in=Change.BESIDE_A_MOVE)


class Change(models.Model):
    """One fact of a record's history, written in the transaction of the write itself."""

    class Via(models.TextChoices):
        WEB = "web", _("Pages")
        PROTOCOL = "protocol", _("Analytics service")
        IMPORT = "import", _("Import")
        ADMIN = "admin", _("Administration")
        SYSTEM = "system", _("System")

    class Verb(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        MOVED = "moved", _("moved")
        TRASHED = "trashed", _("moved to the trash")
        RESTORED = "restored", _("restored")
        MERGED = "merged", _("merged")
        FINISHED = "finished", _("finished")
        ERASED = "erased", _("erased")
        UNDONE = "undone", _("undone")

    # Columns of a deal that follow from its moves.
    BESIDE_A_MOVE = ("closed_at", "trashed_at", "status_before_trash")

    number = models.BigIntegerField(_("number"), help_text=_("Of the deal, client, message, task or call."))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    via = models.CharField(_("via"), max_length=10, choices=Via)
    verb = models.CharField(_("what"), max_length=10, choices=Verb)
    field = models.CharField(_("field"), max_length=110, blank=True)
    old = models.JSONField(_("old value"), null=True, blank=True)
    new = models.JSONField(_("new value"), null=True, blank=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name=_("batch")
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(via__in=["web", "protocol", "import", "admin", "system"]), name="change_via_known"
            ),
        ]
        indexes = [models.Index(fields=["number", "id"], name="change_by_number")]

    def __str__(self) -> str:
        return f"#{self.number}: {self.verb} {self.field}".rstrip()
