from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.user import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """His own, and what others share. What a shared one shows is narrowed to what each reader sees."""
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def with_default_of(self, user: User) -> "SavedViewQuerySet":
        """With `is_default`: whether the page opens with it for this person."""
        return self.annotate(is_default=Exists(DefaultView.objects.filter(view=OuterRef("pk"), user=user)))


class SavedView(models.Model):
    """Filter, order and columns of a list under a name: the query of an address, without its page."""

    class Page(models.TextChoices):
        """The values are names of addresses."""

        BOARD = "board", _("Board")
        DEALS = "deals", _("Deals")
        CLIENTS = "clients", _("Clients")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    page = models.CharField(_("page"), max_length=10, choices=Page)
    name = models.CharField(pgettext_lazy("of a view", "name"), max_length=60)
    query = models.TextField(_("what it asks for"), blank=True)
    is_shared = models.BooleanField(_("for everybody"), default=False)
    # Among the owner's views of the page.
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=Q(page__in=["board", "deals", "clients"]), name="saved_view_page_known"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.page, query={"view": self.pk})

    def may_be_changed_by(self, user: User) -> bool:
        """Its owner's, and an administrator's where it is shared."""
        return self.owner_id == user.pk or (self.is_shared and user.is_administrator)


class DefaultView(models.Model):
    """The view with which a page opens for a person; it may be a shared one of somebody else's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    page = models.CharField(_("page"), max_length=10, choices=SavedView.Page)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="default_of", verbose_name=_("saved view"))

    class Meta:
        verbose_name = _("default view")
        verbose_name_plural = _("default views")
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="default_view_once_a_page")]

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"
