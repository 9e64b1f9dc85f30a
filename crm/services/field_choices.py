"""The labels that a custom field of type choice offers. Deals hold the label itself."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from crm.models import Batch, Change, CustomField, Deal, FieldChoice, FieldValue, SettingChange, User
from crm.services.field_values import value_key
from crm.services.history import Entry, record
from crm.services.orders import rewrite_orders
from crm.services.pieces import in_pieces, jobs_under_way
from crm.services.placing import put_at
from crm.services.setting_changes import Differences, record_setting_change

Via = Change.Via

# Deals rewritten in one transaction: it must end well within the five seconds that the export reaches back. More than
# these are left to the background.
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


@transaction.atomic
def place_choice(*, choice: FieldChoice, position: int, by: User | None, via: Change.Via = Via.WEB) -> FieldChoice:
    """Give a label another position among those offered."""
    before = _labels(choice.field)
    choice.position = position
    choice.save(update_fields=["position"])
    _tell_order(choice.field, before, by=by, via=via)
    return choice


@transaction.atomic
def move_choice(*, choice: FieldChoice, place: int, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Put a label at `place`, from 0, among those offered."""
    field = CustomField.objects.select_for_update(no_key=True).get(pk=choice.field_id)
    before = _labels(field)
    rows = list(field.choices.all())
    [row] = [row for row in rows if row == choice]
    FieldChoice.objects.bulk_update(put_at(rows, row, place, is_shown=lambda one: True), ["position"])
    _tell_order(field, before, by=by, via=via)


@transaction.atomic
def delete_choice(*, choice: FieldChoice, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Offer a label no more. ValidationError: deals hold it."""
    if values_of(choice).exists():
        raise ValidationError(
            _("Deals hold “%(label)s”: rename it, or give them another value first.") % {"label": choice.label}
        )
    drop_choice(choice=choice, by=by, via=via)


@transaction.atomic
def drop_choice(*, choice: FieldChoice, by: User | None, via: Change.Via = Via.WEB) -> None:
    """Offer a label no more. The deals that hold it keep it, as a text."""
    demand_rest(choice)
    _tell(choice, {"choice": (choice.label, None)}, by=by, via=via)
    choice.delete()


def replace_choice(*, choice: FieldChoice, to: FieldChoice, by: User | None, via: Change.Via = Via.WEB) -> int:
    """Offer a label no more, and give the deals that hold it the label `to`; how many those are is returned.

    Beyond DEALS of them it is done in the background. ValidationError: that is under way already.
    """
    return _rewrite(choice, to.label, kind="replace_choice", by=by, via=via)


def rename_choice(
    *, choice: FieldChoice, label: str, by: User | None, via: Change.Via = Via.WEB
) -> tuple[FieldChoice, int]:
    """Give a label another name and rewrite the deals that hold it; how many those are is the second value.

    Beyond DEALS of them it is done in the background. ValidationError: as `check_choice`, or one is under way already.
    """
    label = label.strip()
    renamed = FieldChoice(pk=choice.pk, field=choice.field, label=label, position=choice.position)
    check_choice(renamed)
    if label == choice.label:
        return choice, 0
    return renamed, _rewrite(choice, label, kind="rename_choice", by=by, via=via)


@task()
def rewrite_deals(choice: int, label: str, batch: int, via: str) -> None:
    """Give some seconds' worth of the deals that hold a label another one, and the label itself when none is left.

    Begun twice, it goes on where it was. It asks nobody's rights again: deals of one choice under two names are worse.
    """
    row = FieldChoice.objects.select_related("field").filter(pk=choice).first()
    if row is None or row.label == label:
        return
    done_by = Batch.objects.select_related("by").get(pk=batch)
    is_done = in_pieces(
        lambda: _rewrite_some(row, label, batch=done_by, via=Via(via)),
        again=lambda: rewrite_deals.enqueue(choice, label, batch, via),
    )
    if is_done:
        _settle(row, label, by=done_by.by, via=Via(via))


def choices_being_rewritten() -> dict[int, str]:
    """The keys of the choices whose deals are being rewritten in the background, and the labels they get."""
    jobs = jobs_under_way(rewrite_deals.module_path)
    return {kept["args"][0]: kept["args"][1] for kept in jobs.values_list("args_kwargs", flat=True)}


def demand_rest(choice: FieldChoice) -> None:
    """ValidationError: the deals of the choice are being rewritten."""
    if choice.pk in choices_being_rewritten():
        raise ValidationError(
            _("The deals that hold “%(label)s” are being rewritten. Wait until that is done.")
            % {"label": choice.label}
        )


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


def _labels(field: CustomField) -> str:
    return ", ".join(FieldChoice.objects.filter(field=field).values_list("label", flat=True))


def _tell_order(field: CustomField, before: str, *, by: User | None, via: Change.Via) -> None:
    """That the labels are offered in another order than `before`."""
    after = _labels(field)
    changes: Differences = {} if after == before else {"choices": (before, after)}
    record_setting_change(about=field, verb=SettingChange.Verb.CHANGED, by=by, via=via, changes=changes)


def _rewrite(choice: FieldChoice, label: str, *, kind: str, by: User | None, via: Change.Via) -> int:
    """In transactions of its own where the deals are few: broken off in between, it is simply called again."""
    with transaction.atomic():
        demand_rest(choice)
        deals = values_of(choice).count()
        batch = Batch.objects.create(kind=kind, by=by)
        if deals > DEALS:
            rewrite_deals.enqueue(choice.pk, label, batch.pk, str(via))
    if deals <= DEALS:
        while _rewrite_some(choice, label, batch=batch, via=via):
            pass
        _settle(choice, label, by=by, via=via)
    return deals


@transaction.atomic
def _settle(choice: FieldChoice, label: str, *, by: User | None, via: Change.Via) -> None:
    """The choice is called so now; where the field offers another of that name, this one is gone."""
    if FieldChoice.objects.filter(field=choice.field, label=label).exclude(pk=choice.pk).exists():
        FieldChoice.objects.filter(pk=choice.pk).delete()
    else:
        FieldChoice.objects.filter(pk=choice.pk).update(label=label)
    _tell(choice, {"choice": (choice.label, label)}, by=by, via=via)


@transaction.atomic
def _rewrite_some(choice: FieldChoice, label: str, *, batch: Batch, via: Change.Via) -> bool:
    """Write the new label into some of the deals that hold the old one; whether there were any."""
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
    record(*entries, by=batch.by, via=via, at=moment, batch=batch)
    return bool(some)
