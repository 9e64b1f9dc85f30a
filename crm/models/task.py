from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.belonging import exactly_one_of
from crm.models.call import Call, on_what_is_visible_to
from crm.models.client import Client
from crm.models.deal import Deal
from crm.models.number import NumberedQuerySet, NumberField
from crm.models.user import User


class TaskQuerySet(NumberedQuerySet["Task"]):
    def visible_to(self, user: User) -> "TaskQuerySet":
        """All; for a manager who sees only own deals the tasks that are his or stand on what he sees."""
        return self.all() if user.sees_all else self.filter(Q(assignee=user) | on_what_is_visible_to(user))

    def unfinished(self) -> "TaskQuerySet":
        return self.filter(done_at=None)

    def overdue(self, at: datetime | None = None) -> "TaskQuerySet":
        """Unfinished tasks whose moment is before `at` (now). One for a whole day is due when that day ends."""
        return self.unfinished().filter(due_at__lt=at or timezone.now())


class Task(models.Model):
    """Something to be done by a moment, on a deal, a client, or a call that belongs to neither."""

    id = NumberField()
    deal = models.ForeignKey(Deal, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("deal"))
    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("client")
    )
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("call"))
    text = models.TextField(_("text"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assignee"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # For a whole day: the last moment of that day in the installation's zone.
    due_at = models.DateTimeField(_("due"))
    all_day = models.BooleanField(_("all day"), default=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=exactly_one_of("deal", "client", "call"), name="task_belongs_to_one"),
            models.CheckConstraint(condition=~models.Q(text=""), name="task_says_something"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(done_at=None), name="task_unfinished_by_due"),
            # What is overdue of one's own, which every page counts.
            models.Index(
                fields=["assignee", "due_at"], condition=models.Q(done_at=None), name="task_unfinished_of_one"
            ),
            models.Index(fields=["done_at", "id"], condition=models.Q(done_at__isnull=False), name="task_done_by_day"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
