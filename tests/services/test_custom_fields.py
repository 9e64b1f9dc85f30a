"""Custom fields, and the labels of those of type choice."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.models import Change, CustomField, Deal, FieldChoice, FieldValue
from crm.services.custom_fields import add_field, change_field, delete_field
from crm.services.field_choices import add_choice, delete_choice, place_choice, rename_choice
from crm.services.orders import build_order, values_of
from tests.factories import make_deal, make_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch() -> CustomField:
    return make_field("Филиал", type="choice")


def test_a_new_field_stands_behind_the_others() -> None:
    assert [add_field(name=name, by=None).position for name in ("Филиал", "Скидка")] == [6, 7]


@pytest.mark.parametrize(
    ("kind", "texts", "read"),
    [
        ("number", ["1 200,5", "много", "0"], [Decimal("1200.5"), None, Decimal(0)]),
        ("yes_no", ["да", "1", "maybe"], [Decimal(1), Decimal(1), None]),
    ],
)
def test_values_are_read_anew_when_the_type_changes(
    monkeypatch: pytest.MonkeyPatch, kind: str, texts: list[str], read: list[Decimal | None]
) -> None:
    monkeypatch.setattr("crm.services.field_types.ROWS", 2)
    field = make_field()
    for text in texts:
        make_deal(values={field: text})

    change_field(field=field, type=kind, by=None)

    values = FieldValue.objects.filter(field=field).order_by("pk")
    assert list(values.values_list("text", "number")) == list(zip(texts, read, strict=True))


def test_numbers_are_forgotten_when_a_field_becomes_a_date() -> None:
    field = make_field(type="number")
    for text in ("7", "31.12.2026"):
        make_deal(values={field: text})

    change_field(field=field, type="date", by=None)

    values = FieldValue.objects.filter(field=field).order_by("pk").values_list("number", "date")
    assert [(number, date and date.isoformat()) for number, date in values] == [(None, None), (None, "2026-12-31")]


def test_a_field_with_values_is_not_deleted() -> None:
    field = make_field()
    make_deal(values={field: "Центр"})

    with pytest.raises(ValidationError):
        delete_field(field=field, by=None)


def test_a_label_goes_behind_the_others_and_can_be_placed(branch: CustomField) -> None:
    first, second = (
        add_choice(field=branch, label="Центр", by=None),
        add_choice(field=branch, label=" Север ", by=None),
    )
    place_choice(choice=second, position=0, by=None)

    assert [(choice.label, choice.position) for choice in branch.choices.all()] == [("Север", 0), ("Центр", 1)]
    assert first.position == 1


@pytest.mark.parametrize("label", ["", "  ", "Центр"])
def test_a_label_that_cannot_be_is_refused(branch: CustomField, label: str) -> None:
    add_choice(field=branch, label="Центр", by=None)

    with pytest.raises(ValidationError):
        add_choice(field=branch, label=label, by=None)


def test_a_label_that_deals_hold_stays(branch: CustomField) -> None:
    choice = add_choice(field=branch, label="Центр", by=None)
    make_deal(values={branch: "Центр"})

    with pytest.raises(ValidationError):
        delete_choice(choice=choice, by=None)


def test_renaming_a_label_rewrites_its_deals_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch, branch: CustomField
) -> None:
    monkeypatch.setattr("crm.services.field_choices.DEALS", 2)
    choice, source = add_choice(field=branch, label="Центр", by=None), CustomField.objects.get(name="source")
    holders = [make_deal(values={source: "yandex", branch: "Центр"}) for _ in range(5)]
    other = make_deal(values={branch: "центр"})

    renamed, count = rename_choice(choice=choice, label=" Центральный ", by=None)

    assert (renamed.label, count) == ("Центральный", 5)
    assert list(FieldChoice.objects.values_list("label", flat=True)) == ["Центральный"]
    for deal in Deal.objects.all():
        assert json.loads(deal.order_json) == build_order(deal, values_of([deal])[deal.pk])
    assert FieldValue.objects.get(deal=other).text == "центр"
    assert sorted(Change.objects.exclude(batch=None).values_list("number", flat=True)) == [deal.pk for deal in holders]


def test_renamed_deals_are_new_to_a_pull(branch: CustomField) -> None:
    choice, deal = add_choice(field=branch, label="Центр", by=None), make_deal(values={branch: "Центр"})
    moment = deal.changed_at

    rename_choice(choice=choice, label="Центральный", by=None)

    assert list(Deal.objects.changed_since(moment).filter(changed_at__gt=moment)) == [deal]


def test_a_renaming_that_broke_off_is_finished_by_another(branch: CustomField) -> None:
    choice = add_choice(field=branch, label="Центр", by=None)
    make_deal(values={branch: "Центральный"})  # rewritten before the machine went down
    deal = make_deal(values={branch: "Центр"})

    _, count = rename_choice(choice=choice, label="Центральный", by=None)

    assert (count, FieldValue.objects.get(deal=deal).text) == (1, "Центральный")


def test_a_name_of_its_own_is_no_renaming(branch: CustomField) -> None:
    choice = add_choice(field=branch, label="Центр", by=None)

    assert rename_choice(choice=choice, label="Центр ", by=None) == (choice, 0)
