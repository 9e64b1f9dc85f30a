from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.change import Batch
from crm.models.deal import Deal
from crm.models.message import Message
from crm.models.task import Task
from crm.models.user import User


class NotificationKind(models.TextChoices):
    """What people are told of; the label says it in their own words, as they choose it in the profile."""

    DUE = "due", _("A task of mine is due")
    TASK = "task", _("I am given a task")
    DEAL = "deal", _("I am given a deal or a lead")
    MENTION = "mention", _("I am mentioned in a comment")
    LEAD = "lead", _("A lead that nobody is responsible for")

    @property
    def headline(self) -> Any:
        return HEADLINES[self]


HEADLINES = {
    NotificationKind.DUE: _("Task due"),
    NotificationKind.TASK: _("Task for you"),
    NotificationKind.DEAL: _("Deal for you"),
    NotificationKind.MENTION: _("You are mentioned"),
    NotificationKind.LEAD: _("New lead"),
}

# Nobody has to be told of what is no more so: the lead was taken, the task done, moved or given to somebody else.
STILL_SO = (
    Q(kind="lead", deal__manager=None, deal__closed_at=None, deal__trashed_at=None)
    | Q(kind="deal", deal__manager=F("person"), deal__trashed_at=None)
    | Q(kind="task", task__assignee=F("person"), task__done_at=None)
    | Q(kind="due", task__assignee=F("person"), task__done_at=None, task__due_at=F("due_at"))
    | Q(kind="mention")
)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> "NotificationQuerySet":
        """Those of this person, but of what he may not see any more."""
        own = self.filter(person=user)
        if user.sees_all:
            return own
        deals = Deal.objects.visible_to(user).filter(pk=OuterRef("deal"))
        tasks = Task.objects.visible_to(user).filter(pk=OuterRef("task"))
        messages = Message.objects.visible_to(user).filter(pk=OuterRef("message"))
        return own.filter(Exists(deals) | Exists(tasks) | Exists(messages))

    def in_bell(self) -> "NotificationQuerySet":
        """All but those that people wanted by e-mail alone."""
        return self.filter(in_crm=True)

    def unread(self) -> "NotificationQuerySet":
        """What the bell counts: not read yet, and still so."""
        return self.in_bell().filter(STILL_SO, read_at=None)

    def to_be_mailed(self) -> "NotificationQuerySet":
        """What is to go by e-mail: whoever has read it by now, or need not know any more, gets none."""
        return self.filter(STILL_SO, by_mail=True, mailed_at=None, read_at=None)


class Notification(models.Model):
    """One person is told of one thing: `deal`, `task` or `message`, as the kind says."""

    Kind = NotificationKind

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=NotificationKind)
    deal = models.ForeignKey(Deal, models.CASCADE, null=True, related_name="+", verbose_name=_("deal"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="notifications", verbose_name=_("task"))
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+", verbose_name=_("message"))
    # Of a reminder: the moment for which it reminds. A task that was moved reminds again.
    due_at = models.DateTimeField(_("due"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    # Of what was done to many at once a person is told once, by the first of them and how many they are.
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="+", verbose_name=_("batch"))
    count = models.PositiveIntegerField(_("count"), default=1)
    at = models.DateTimeField(_("at"), default=timezone.now)
    in_crm = models.BooleanField(_("in the CRM"), default=True)
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    mailed_at = models.DateTimeField(_("sent by e-mail"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["deal", "lead"], deal__isnull=False, task=None, message=None)
                | Q(kind__in=["due", "task"], deal=None, task__isnull=False, message=None)
                | Q(kind="mention", deal=None, task=None, message__isnull=False),
                name="notification_is_of_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(kind="due", due_at__isnull=False) | (~Q(kind="due") & Q(due_at=None)),
                name="notification_reminds_of_a_moment",
            ),
            models.UniqueConstraint(
                fields=["task", "due_at"], condition=Q(kind="due"), name="notification_reminds_once"
            ),
            models.UniqueConstraint(fields=["person", "batch", "kind"], name="notification_once_a_batch"),
        ]
        indexes = [
            models.Index(fields=["person", "id"], name="notification_by_person"),
            models.Index(fields=["person", "id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["id"], condition=Q(by_mail=True, mailed_at=None), name="notification_to_be_mailed"),
        ]

    def __str__(self) -> str:
        return f"{self.headline}: {self.said}"

    @property
    def headline(self) -> str:
        return str(NotificationKind(self.kind).headline)

    @property
    def further(self) -> int:
        """How many beside the one that is shown."""
        return self.count - 1

    @property
    def said(self) -> str:
        """What it is about, in its own words: the deal's title, the task's or the comment's text."""
        if self.deal is not None:
            return self.deal.title
        if self.task is not None:
            return self.task.text
        return "" if self.message is None else self.message.text or self.message.title
