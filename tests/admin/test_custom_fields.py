"""Custom fields and the labels that those of type choice offer."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from crm.models import Batch, Change, CustomField, FieldChoice, FieldValue, User
from tests.admin.pages import errors, said, save
from tests.factories import make_deal, make_field

LIST = "/admin/crm/customfield/"


def page(field: CustomField) -> str:
    return f"{LIST}{field.pk}/change/"


def labels(field: CustomField) -> list[str]:
    return list(field.choices.values_list("label", flat=True))


def row_errors(response: Any) -> list[str]:
    formset = response.context["inline_admin_formsets"][0].formset
    return [*formset.non_form_errors(), *(str(message) for form in formset.forms for message in form.errors.values())]


@pytest.fixture
def branch(db: None) -> CustomField:
    field = make_field("Филиал", type="choice")
    for position, label in enumerate(["Центр", "Север"]):
        FieldChoice.objects.create(field=field, label=label, position=position)
    return field


def test_a_field_is_added_with_its_choices(office: Browser) -> None:
    save(
        office,
        f"{LIST}add/",
        name="Филиал",
        type="choice",
        **{"choices-0-label": "Центр", "choices-1-label": "Север"},
    )

    field = CustomField.objects.get(name="Филиал")
    assert (field.position, labels(field)) == (6, ["Центр", "Север"])


def test_only_a_choice_has_choices(office: Browser) -> None:
    response = save(office, f"{LIST}add/", name="Скидка", type="number", **{"choices-0-label": "Центр"})

    assert row_errors(response) == ["Only a field of type choice has choices."]
    assert not CustomField.objects.filter(name="Скидка").exists()


@pytest.mark.parametrize("name", ["7", "Visit", "roistat", "referrer"])
def test_a_name_that_means_something_else_is_refused(office: Browser, name: str) -> None:
    assert list(errors(save(office, f"{LIST}add/", name=name))) == ["name"]


def test_the_order_is_changed_in_the_list(office: Browser) -> None:
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": 1, "form-0-position": 9, "_save": "Save"}

    office.post(LIST, data)

    assert list(CustomField.objects.values_list("pk", flat=True)) == [2, 3, 4, 5, 1]


def test_values_are_read_anew_when_the_type_changes(office: Browser) -> None:
    field = make_field("Скидка")
    values = [FieldValue.objects.get(deal=make_deal(values={field: text})) for text in ("1 200,5", "много")]

    save(office, page(field), type="number")

    for value in values:
        value.refresh_from_db()
    assert [(value.text, value.number and float(value.number)) for value in values] == [
        ("1 200,5", 1200.5),
        ("много", None),
    ]


def test_choices_are_added_moved_and_taken_away(office: Browser, branch: CustomField) -> None:
    save(
        office,
        page(branch),
        **{"choices-0-position": 5, "choices-1-DELETE": "on", "choices-2-label": "Юг", "choices-2-position": 1},
    )

    assert labels(branch) == ["Юг", "Центр"]


def test_a_choice_that_deals_hold_is_not_taken_away(office: Browser, branch: CustomField) -> None:
    make_deal(values={branch: "Север"})

    response = save(office, page(branch), **{"choices-1-DELETE": "on"})

    assert row_errors(response) == ["Deals hold “Север”: rename it, or give them another value first."]
    assert labels(branch) == ["Центр", "Север"]


def test_a_label_is_not_changed_in_its_row(office: Browser, branch: CustomField) -> None:
    save(office, page(branch), **{"choices-0-label": "Юг"})

    assert labels(branch) == ["Центр", "Север"]


def test_a_choice_is_renamed_with_its_deals(office: Browser, administrator: User, branch: CustomField) -> None:
    deal, other = make_deal(values={branch: "Центр"}), make_deal(values={branch: "Север"})
    choice = branch.choices.get(label="Центр")
    before = deal.changed_at

    response = office.post(f"{LIST}{branch.pk}/choices/{choice.pk}/", {"label": "Центральный"})

    deal.refresh_from_db()
    assert (said(response), labels(branch)) == ("Renamed; 1 deal rewritten.", ["Центральный", "Север"])
    assert json.loads(deal.order_json)["fields"] == [{str(branch.pk): "Центральный"}]
    assert deal.changed_at > before
    assert FieldValue.objects.get(deal=other).text == "Север"
    change = Change.objects.get(number=deal.pk, verb="changed")
    assert (change.field, change.old, change.new, change.via, change.by, change.batch) == (
        f"field:{branch.pk}",
        "Центр",
        "Центральный",
        "admin",
        administrator,
        Batch.objects.get(kind="rename_choice"),
    )


@pytest.mark.parametrize("label", ["", "Север", "а" * 256])
def test_a_label_that_cannot_be_is_refused(office: Browser, branch: CustomField, label: str) -> None:
    choice = branch.choices.get(label="Центр")

    response = office.post(f"{LIST}{branch.pk}/choices/{choice.pk}/", {"label": label})

    assert list(errors(response)) == ["label"]
    assert labels(branch) == ["Центр", "Север"]


def test_a_choice_of_another_field_has_no_page(office: Browser, branch: CustomField) -> None:
    choice = branch.choices.get(label="Центр")

    assert office.get(f"{LIST}1/choices/{choice.pk}/").status_code == 404


def test_a_field_never_used_is_deleted_with_its_choices(office: Browser, branch: CustomField) -> None:
    office.post(f"{LIST}{branch.pk}/delete/", {"post": "yes"})

    assert not CustomField.objects.filter(pk=branch.pk).exists()


def test_a_field_with_values_stays(office: Browser, branch: CustomField) -> None:
    make_deal(values={branch: "Север"})

    assert office.post(f"{LIST}{branch.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_field_that_once_had_values_stays_too(office: Browser, branch: CustomField) -> None:
    deal = make_deal(values={branch: "Север"})
    save(office, f"/admin/crm/deal/{deal.pk}/change/", **{f"field_{branch.pk}": ""})

    response = office.post(f"{LIST}{branch.pk}/delete/", {"post": "yes"}, follow=True)

    assert "archive it instead" in response.content.decode()
    assert CustomField.objects.filter(pk=branch.pk).exists()
