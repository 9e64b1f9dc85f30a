from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.change import Batch


class HandOver(models.Model):
    """What one person answers for is given to another, in pieces. What is left is found anew with each piece, so that
    a worker that dies leaves nothing half done.
    """

    class Deals(models.TextChoices):
        NONE = "", _("None")
        OPEN = "open", _("The open ones")
        ALL = "all", _("All")

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    deals = models.CharField(max_length=5, choices=Deals, blank=True)
    tasks = models.BooleanField(default=False)
    clients = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    # How many it was about when it began, and how many of each are given.
    count = models.PositiveIntegerField(default=0)
    given_deals = models.PositiveIntegerField(default=0)
    given_tasks = models.PositiveIntegerField(default=0)
    given_clients = models.PositiveIntegerField(default=0)
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("handing over")
        verbose_name_plural = _("handings over")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"

    @property
    def given(self) -> int:
        return self.given_deals + self.given_tasks + self.given_clients

    @property
    def most(self) -> int:
        """What `given` is of: more may have come while it was under way."""
        return max(self.count, self.given)

    @property
    def is_moving(self) -> bool:
        return self.state == self.State.RUNNING
