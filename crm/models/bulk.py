from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.change import Batch
from crm.models.user import User


class BulkQuerySet(models.QuerySet["Bulk"]):
    def visible_to(self, user: User) -> "BulkQuerySet":
        """One's own; an administrator sees everybody's."""
        return self.all() if user.is_administrator else self.filter(by=user)

    def started(self) -> "BulkQuerySet":
        return self.exclude(state=Bulk.State.PREPARED)

    def briefly(self) -> "BulkQuerySet":
        """Without the long lists of numbers."""
        return self.defer("numbers", "left", "kept")


class Bulk(models.Model):
    """One deed on many deals, fixed when it is prepared, done in pieces, and undone in pieces."""

    class Deed(models.TextChoices):
        STATUS = "status", _("Another status")
        MANAGER = "manager", _("Another manager")
        FIELD = "field", _("A field")
        TASK = "task", _("A task")
        TRASH = "trash", _("To the trash")

    class State(models.TextChoices):
        PREPARED = "prepared", _("not begun")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        STOPPED = "stopped", _("stopped")

    class Left(StrEnum):
        """Why a deal is not changed."""

        SAME = "same"  # it is so already
        TRASHED = "trashed"
        HIDDEN = "hidden"  # it is not there any more, or who does it does not see it
        RIGHTS = "rights"  # who does it may change nothing any more
        GONE = "gone"  # a status, a person or a field that was to be set is no more

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    prepared_at = models.DateTimeField(_("at"), default=timezone.now)
    deed = models.CharField(_("what"), max_length=10, choices=Deed)
    # What it takes, by deed (crm.services.deeds); empty while it is not said.
    parameters = models.JSONField(default=dict)
    numbers = models.JSONField()
    count = models.PositiveIntegerField()
    # The address of the list that it began on, without the path.
    query = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED)
    batch = models.OneToOneField(Batch, models.PROTECT, null=True, related_name="bulk")
    ended_at = models.DateTimeField(null=True)
    # How many of the numbers are dealt with, how many of these deals changed, and why the others did not.
    position = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict)
    # The same of undoing: who undoes, the last number dealt with, how many are as they were, and which had to stay.
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_up_to = models.BigIntegerField(default=0)
    put_back = models.PositiveIntegerField(default=0)
    kept = models.JSONField(default=list)

    objects = BulkQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many deals")
        verbose_name_plural = _("changes of many deals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="prepared", batch=None) | ~Q(state="prepared") & Q(batch__isnull=False),
                name="bulk_under_way_has_a_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.count}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker is at it."""
        return self.state in (self.State.RUNNING, self.State.UNDOING)

    @property
    def may_go_on(self) -> bool:
        return self.state == self.State.STOPPED

    @property
    def may_be_undone(self) -> bool:
        begun = self.state == self.State.DONE or (self.may_go_on and self.undone_by_id is None)
        return begun and self.changed > 0 and self.batch is not None and self.batch.undone_at is None
