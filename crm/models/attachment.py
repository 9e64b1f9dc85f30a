import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.belonging import exactly_one_of
from crm.models.client import Client
from crm.models.deal import Deal
from crm.models.user import User


def random_path(attachment: models.Model, name: str) -> str:
    """Where a file lies: nothing of its name, which people chose, reaches the disk."""
    token = secrets.token_hex(16)
    return f"attachments/{token[:2]}/{token}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> "AttachmentQuerySet":
        """All; for a manager who sees only own deals those of deals and clients that he sees."""
        if user.sees_all:
            return self.all()
        deals, clients = Deal.objects.visible_to(user), Client.objects.visible_to(user)
        return self.filter(Q(deal__in=deals.values("pk")) | Q(client__in=clients.values("pk")))

    def present(self) -> "AttachmentQuerySet":
        return self.filter(removed_at=None)


class Attachment(models.Model):
    """A file on a deal or a client. Removed, it stays to be restored."""

    deal = models.ForeignKey(
        Deal, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("deal")
    )
    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("client")
    )
    name = models.CharField(pgettext_lazy("of a file", "name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    kind = models.CharField(_("kind"), max_length=100, help_text=_("A media type, found by name and content."))
    sha256 = models.CharField(max_length=64)
    stored = models.FileField(upload_to=random_path)
    # A picture made anew of the one that was sent; empty where there is none.
    preview = models.FileField(upload_to=random_path, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=exactly_one_of("deal", "client"), name="attachment_belongs_to_one"),
            models.CheckConstraint(condition=~Q(name=""), name="attachment_has_a_name"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_holds_something"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Deal | Client:
        subject = self.deal or self.client
        assert subject is not None  # a constraint holds it
        return subject

    @property
    def opens(self) -> bool:
        """Whether a browser may show it: a picture that was made anew, or a PDF."""
        return bool(self.preview) or self.kind == "application/pdf"
