from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.prepared import prepared


class Palette(models.TextChoices):
    """The colours a status can have; each is a class of the stylesheet (a hex value would need an inline style)."""

    SLATE = "slate", _("Slate")
    BLUE = "blue", _("Blue")
    INDIGO = "indigo", _("Indigo")
    VIOLET = "violet", _("Violet")
    PINK = "pink", _("Pink")
    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    AMBER = "amber", _("Amber")
    LIME = "lime", _("Lime")
    GREEN = "green", _("Green")
    TEAL = "teal", _("Teal")
    CYAN = "cyan", _("Cyan")


class Pipeline(models.Model):
    """A row of statuses that deals go through."""

    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class StatusQuerySet(models.QuerySet["Status"]):
    def usable(self) -> "StatusQuerySet":
        """Those that a deal can be moved to by hand."""
        return self.filter(is_archived=False).exclude(kind=Status.Kind.DELETED)

    def with_deal_counts(self) -> "StatusQuerySet":
        """In their order, each with `deal_count`, how many deals are in it."""
        return self.annotate(deal_count=models.Count("deals")).order_by("position", "pk")

    def open_in_order(self) -> "StatusQuerySet":
        """Those that a deal can be open in; where a new one begins stands first."""
        return self.filter(kind=Status.Kind.OPEN, is_archived=False).order_by("position", "pk")

    def first_open(self) -> "Status":
        """Where a new deal begins."""
        return self.open_in_order()[:1].get()

    def deleted(self) -> "Status":
        """The one status of the deals in the trash."""
        return self.get(kind=Status.Kind.DELETED)


@prepared
def _but_deleted() -> StatusQuerySet:
    return Status.objects.exclude(kind=Status.Kind.DELETED)


class Status(models.Model):
    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        DELETED = "deleted", _("Deleted")

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, default=1, editable=False, related_name="statuses")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)
    palette = models.CharField(_("colour"), max_length=10, choices=Palette, default=Palette.SLATE)
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind,
        default=Kind.OPEN,
        help_text=_("For the analytics service: open is in work, won is paid, lost and deleted are cancelled."),
    )
    on_board = models.BooleanField(_("on the board"), default=True)
    stale_after = models.PositiveIntegerField(
        _("stale after, days"), null=True, blank=True, help_text=_("A deal that stays longer is marked on the board.")
    )
    is_archived = models.BooleanField(
        _("archived"), default=False, help_text=_("Offered for no deal any more; the analytics service still sees it.")
    )

    objects = StatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["open", "won", "lost", "deleted"]), name="status_kind_known"),
            models.CheckConstraint(condition=Q(palette__in=Palette.values), name="status_palette_known"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="deleted"), name="status_one_deleted"),
            models.CheckConstraint(condition=~Q(kind="deleted", is_archived=True), name="status_deleted_not_archived"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def but_deleted(cls) -> "list[Status]":
        """All that a deal can be found in, the trash aside."""
        return _but_deleted()

    @property
    def is_closed(self) -> bool:
        return self.kind != self.Kind.OPEN

    @property
    def is_usable(self) -> bool:
        """Whether a deal can be moved to it by hand."""
        return not self.is_archived and self.kind != self.Kind.DELETED
