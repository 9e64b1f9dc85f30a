from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.belonging import exactly_one_of
from crm.models.call import Call, on_what_is_visible_to
from crm.models.client import Client
from crm.models.deal import Deal
from crm.models.number import NumberedQuerySet, NumberField
from crm.models.user import User


class MessageQuerySet(NumberedQuerySet["Message"]):
    def visible_to(self, user: User) -> "MessageQuerySet":
        """All; for a manager who sees only own deals the messages of deals, clients and calls that he sees."""
        return self.all() if user.sees_all else self.filter(on_what_is_visible_to(user))


class Message(models.Model):
    """A comment on a deal, a client, or a call that belongs to neither."""

    id = NumberField()
    deal = models.ForeignKey(
        Deal, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("deal")
    )
    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("client")
    )
    call = models.ForeignKey(
        Call, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("call")
    )
    title = models.CharField(_("title"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=exactly_one_of("deal", "client", "call"), name="message_belongs_to_one"),
            models.CheckConstraint(condition=~models.Q(title="", text=""), name="message_says_something"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:80]
