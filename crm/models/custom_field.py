from collections.abc import Iterable

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from crm.models.prepared import prepared

KEY_LENGTH = 128
# Fields under these names say, in this order, where a deal came from, in short.
SOURCE_NAMES = ("source", "utmsource", "utmmedium")


def tells_source(name: str) -> bool:
    """Whether a field of this name says where a deal came from."""
    return name.casefold() in SOURCE_NAMES


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def usable(self) -> "CustomFieldQuerySet":
        """Those that people see."""
        return self.filter(is_archived=False)

    def beside_choices(self) -> "CustomFieldQuerySet":
        """A row for each of their choices, with `choice`, `label` and `place`; one for a field that has none."""
        own = Q(type=CustomField.Type.CHOICE)
        return (
            self.annotate(offered=FilteredRelation("choices", condition=own))
            .annotate(choice=F("offered__pk"), label=F("offered__label"), place=F("offered__position"))
            .order_by("position", "pk", "place", "choice")
        )

    def with_choices(self) -> "list[CustomField]":
        """The fields with their choices fetched, all in one query."""
        return _gathered(self.beside_choices())


@prepared
def _usable_beside_choices() -> CustomFieldQuerySet:
    return CustomField.objects.usable().beside_choices()


def _gathered(rows: "Iterable[CustomField]") -> "list[CustomField]":
    """The fields of the rows of `beside_choices`, each once."""
    fields: dict[int, CustomField] = {}
    choices: dict[int, list[FieldChoice]] = {}
    for row in rows:
        field = fields.setdefault(row.pk, row)
        held = choices.setdefault(row.pk, [])
        pk, label, place = row.choice, row.label, row.place  # type: ignore[attr-defined]  # annotated there
        if pk is not None:
            held.append(FieldChoice(pk=pk, field=field, label=label, position=place))
    for field in fields.values():
        offered = field.choices.all()
        offered._result_cache = choices[field.pk]
        field._prefetched_objects_cache = {"choices": offered}  # type: ignore[attr-defined]  # as prefetching does
    return list(fields.values())


class CustomField(models.Model):
    """A field of deals that administrators define; the protocol lists it under `fields`."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("Choice")
        LINK = "link", _("Link")

    name = models.CharField(_("name"), max_length=100, unique=True)
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.TEXT)
    position = models.PositiveIntegerField(_("position"), default=0, db_index=True)
    is_required = models.BooleanField(
        _("required"), default=False, help_text=_("Asked for when people save a deal; a lead is never refused for it.")
    )
    on_card = models.BooleanField(_("shown on the deal"), default=True)
    on_board = models.BooleanField(_("shown on the board"), default=False)
    on_list = models.BooleanField(_("shown in lists"), default=False)
    is_archived = models.BooleanField(
        _("archived"), default=False, help_text=_("Hidden from people; the analytics service still sees it.")
    )

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["text", "number", "date", "yes_no", "choice", "link"]),
                name="custom_field_type_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def on_offer(cls) -> "list[CustomField]":
        """Those that people see, with their choices fetched."""
        return _gathered(_usable_beside_choices())

    @property
    def tells_source(self) -> bool:
        return tells_source(self.name)

    @property
    def source_rank(self) -> int:
        """Which of the names that tell the source it bears, the one to be said first being 0."""
        return SOURCE_NAMES.index(self.name.casefold())


class FieldChoice(models.Model):
    """One of the values offered for a field of type choice. Deals hold the label itself."""

    field = models.ForeignKey(CustomField, models.CASCADE, related_name="choices", verbose_name=_("field"))
    label = models.CharField(_("label"), max_length=255)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["field", "label"], name="field_choice_label_once")]

    def __str__(self) -> str:
        return self.label


class FieldValue(models.Model):
    """What a deal holds in a custom field: the text as entered, and what of it can be sorted, grouped and compared.

    What cannot be read as the field's type keeps its text and has neither number nor date, so it sorts last.
    """

    deal = models.ForeignKey("crm.Deal", models.CASCADE, related_name="field_values", verbose_name=_("deal"))
    field = models.ForeignKey(CustomField, models.PROTECT, related_name="values", verbose_name=_("field"))
    text = models.TextField(_("value"))
    key = models.CharField(max_length=KEY_LENGTH, editable=False)
    number = models.DecimalField(max_digits=30, decimal_places=6, null=True, editable=False)
    date = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("field value")
        verbose_name_plural = _("field values")
        constraints = [
            models.UniqueConstraint(fields=["deal", "field"], name="field_value_once"),
            models.CheckConstraint(condition=~Q(text=""), name="field_value_not_empty"),
        ]
        indexes = [
            models.Index(fields=["field", "key", "deal"], name="field_value_by_key"),
            models.Index(
                fields=["field", "number", "deal"], condition=Q(number__isnull=False), name="field_value_by_number"
            ),
            models.Index(
                fields=["field", "date", "deal"], condition=Q(date__isnull=False), name="field_value_by_date"
            ),
        ]

    def __str__(self) -> str:
        return self.text
