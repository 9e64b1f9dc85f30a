"""The labels that a custom field of type choice offers. Deals hold the label itself."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Batch, Change, CustomField, Deal, FieldChoice, FieldValue, SettingChange, User
from crm.services.field_values import value_key
from crm.services.history import Entry, record
from crm.services.orders import rewrite_orders
from crm.services.setting_changes import Differences, record_setting_change

Via = Change.Via

# Deals rewritten in one transaction: it must end well within the five seconds that the export reaches back.
DEALS = 500


@transaction.atomic
def add_choice(
    *, field: CustomField, label: str, by: User | None, via: Change.Via = Via.WEB, position: int | None = None
) -> FieldChoice:
    """Offer one more label, behind the others unless `position` is given. ValidationError: as `check_choice`."""
    if position is None:
        last: int | None = field.choices.aggregate(last=Max("position"))["last"]
        position = (last or 0) + 1
    choice = FieldChoice(field=field, label=label.strip(), position=position)
    check_choice(choice)
    choice.save()
    _tell(choice, {"choice": (None, choice.label)}, by=by, via=via)
    return choice


def place_choice(*, choice: FieldChoice, position: int) -> FieldChoice:
    """Give a label another place among those offered."""
    choice.position = position
    choice.save(update_fields=["position"])
    return choice


@transaction.atomic
def delete_choice(*, choice: FieldChoice, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Offer a label no more. ValidationError: deals hold it."""
    if values_of(choice).exists():
        raise ValidationError(
            _("Deals hold “%(label)s”: rename it, or give them another value first.") % {"label": choice.label}
        )
    _tell(choice, {"choice": (choice.label, None)}, by=by, via=via)
    choice.delete()


def rename_choice(
    *, choice: FieldChoice, label: str, by: User | None, via: Change.Via = Via.WEB
) -> tuple[FieldChoice, int]:
    """Give a label another name and rewrite the deals that hold it; how many those were is the second value.

    Goes in transactions of its own, some deals at a time, the label last: broken off in between, it is simply called
    again. ValidationError: as `check_choice`.
    """
    old, label = choice.label, label.strip()
    renamed = FieldChoice(pk=choice.pk, field=choice.field, label=label, position=choice.position)
    check_choice(renamed)
    if old == label:
        return choice, 0
    batch = Batch.objects.create(kind="rename_choice", by=by)
    deals = 0
    while values_of(choice).exists():
        deals += _rewrite_some(choice, label, by=by, via=via, batch=batch)
    with transaction.atomic():
        renamed.save(update_fields=["label"])
        _tell(choice, {"choice": (old, label)}, by=by, via=via)
    return renamed, deals


def check_choice(choice: FieldChoice) -> None:
    """ValidationError by field: there is no label, or the field offers it already."""
    if not choice.label:
        raise ValidationError({"label": _("A choice needs a label.")})
    if FieldChoice.objects.filter(field=choice.field, label=choice.label).exclude(pk=choice.pk).exists():
        raise ValidationError({"label": _("The field offers “%(label)s” already.") % {"label": choice.label}})


def values_of(choice: FieldChoice) -> QuerySet[FieldValue]:
    """The values of the deals that hold this label, found by the index."""
    return FieldValue.objects.filter(field=choice.field, key=value_key(choice.label), text=choice.label)


def _tell(choice: FieldChoice, changes: Differences, *, by: User | None, via: Change.Via) -> None:
    record_setting_change(about=choice.field, verb=SettingChange.Verb.CHANGED, by=by, via=via, changes=changes)


@transaction.atomic
def _rewrite_some(choice: FieldChoice, label: str, *, by: User | None, via: Change.Via, batch: Batch) -> int:
    """Write the new label into some of the deals that hold the old one; how many is returned."""
    some = list(values_of(choice).values_list("deal_id", flat=True)[:DEALS])
    locked = Deal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=some).order_by("pk")
    deals = {deal.pk: deal for deal in locked}
    holders = values_of(choice).filter(deal__in=deals)  # who was given another value meanwhile keeps it
    rewritten = [deals[pk] for pk in holders.values_list("deal_id", flat=True)]
    holders.update(text=label, key=value_key(label))
    moment = timezone.now()
    rewrite_orders(rewritten, changed_at=moment)
    field = f"field:{choice.field_id}"
    entries = [Entry(deal.pk, Change.Verb.CHANGED, field, choice.label, label) for deal in rewritten]
    record(*entries, by=by, via=via, at=moment, batch=batch)
    return len(rewritten)
