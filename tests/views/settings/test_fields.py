"""Settings → Custom fields."""

import json
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client as HttpClient
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import CustomField, Deal, FieldChoice, FieldValue, SettingChange, User
from crm.services.field_choices import add_choice
from tests.factories import make_deal, make_field

pytestmark = pytest.mark.django_db
LIST = "/settings/fields/"
FORM = {"name": "Филиал", "type": "text", "on_card": "on", "labels": "", "agreed": ""}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def branch() -> CustomField:
    field = make_field(type="choice", position=6)
    for label in ("Центр", "Север", "Юг"):
        add_choice(field=field, label=label, by=None)
    SettingChange.objects.all().delete()
    return field


def labels(field: CustomField) -> list[str]:
    return list(field.choices.values_list("label", flat=True))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_the_fields_and_those_of_the_archive_apart(
    office: HttpClient, branch: CustomField, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old = [make_field(f"Старое {number}", is_archived=True).pk for number in range(count)]

    with django_assert_num_queries(5):
        page = office.get(LIST)

    assert [row.pk for row in page.context["usable"]] == [1, 2, 3, 4, 5, branch.pk]
    assert [row.pk for row in page.context["apart"]] == old


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_field_shows_its_choices(
    office: HttpClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = make_field(type="choice")
    for number in range(count):
        add_choice(field=field, label=f"Салон {number}", by=None)

    with django_assert_num_queries(6):
        page = office.get(f"{LIST}{field.pk}/")

    assert [choice.label for choice in page.context["choices"]] == [f"Салон {number}" for number in range(count)]


def test_a_field_is_added_behind_the_others_with_its_choices(office: HttpClient, administrator: User) -> None:
    office.post(f"{LIST}new/", FORM | {"type": "choice", "labels": "Центр\r\n\r\n Юг \r\nЦентр", "is_required": "on"})

    field = CustomField.objects.latest("pk")
    shown = (field.is_required, field.on_card, field.on_board, field.on_list)
    assert (field.name, field.type, field.position, shown) == ("Филиал", "choice", 6, (True, True, False, False))
    assert labels(field) == ["Центр", "Юг"]
    assert set(SettingChange.objects.values_list("by", "verb")) == {
        (administrator.pk, "added"),
        (administrator.pk, "changed"),
    }


@pytest.mark.parametrize(
    ("entered", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "source"}, "name"),
        ({"name": "Roistat"}, "name"),
        ({"type": "colour"}, "type"),
        ({"type": "choice"}, "labels"),
        ({"type": "choice", "labels": "я" * 256}, "labels"),
        ({"type": "choice", "labels": "\n".join(map(str, range(201)))}, "labels"),
    ],
)
def test_what_is_wrong_is_said(office: HttpClient, entered: dict[str, str], wrong: str) -> None:
    page = office.post(f"{LIST}new/", FORM | entered)

    assert (page.status_code, list(page.context["form"].errors)) == (422, [wrong])
    assert CustomField.objects.count() == 5


def test_a_type_that_all_values_fit_is_changed_without_a_word(office: HttpClient) -> None:
    field = make_field()
    deal = make_deal(values={field: "12,5"})

    office.post(f"{LIST}{field.pk}/", FORM | {"type": "number"})

    assert CustomField.objects.get(pk=field.pk).type == "number"
    assert str(FieldValue.objects.get(deal=deal).number) == "12.500000"


def test_values_that_do_not_fit_a_type_are_shown_before_it_is_changed(office: HttpClient) -> None:
    field = make_field()
    make_deal(values={field: "12,5"})
    deal = make_deal("Стрижка", values={field: "около ста"})

    page = office.post(f"{LIST}{field.pk}/", FORM | {"type": "number"})

    form = page.context["form"]
    assert (page.status_code, form.to_agree) == (422, "type:number:1")
    assert form.consequences[0] == "1 of 2 values does not fit the type “Number”."
    assert [value.deal for value in form.fit.shown] == [deal]
    assert f'href="/deals/{deal.pk}/"' in page.content.decode()
    assert CustomField.objects.get(pk=field.pk).type == "text"

    office.post(f"{LIST}{field.pk}/", FORM | {"type": "number", "agreed": "type:number:1"})

    value = FieldValue.objects.get(deal=deal)
    assert (CustomField.objects.get(pk=field.pk).type, value.text, value.number) == ("number", "около ста", None)


def test_yes_to_one_type_is_no_yes_to_another(office: HttpClient) -> None:
    field = make_field()
    make_deal(values={field: "около ста"})

    page = office.post(f"{LIST}{field.pk}/", FORM | {"type": "date", "agreed": "type:number:1"})

    assert (page.status_code, CustomField.objects.get(pk=field.pk).type) == (422, "text")


def test_choices_that_cover_the_values_let_a_field_become_a_choice(office: HttpClient) -> None:
    field = make_field()
    make_deal(values={field: "Центр"})
    make_deal(values={field: "Юг"})
    entered = FORM | {"type": "choice", "labels": "Центр"}

    form = office.post(f"{LIST}{field.pk}/", entered).context["form"]
    assert form.consequences[0] == "1 of 2 values is none of the choices."

    office.post(f"{LIST}{field.pk}/", entered | {"labels": "Центр\nЮг"})
    assert (CustomField.objects.get(pk=field.pk).type, labels(field)) == ("choice", ["Центр", "Юг"])


@pytest.mark.parametrize(
    ("type_", "fits", "misfits"),
    [
        ("date", ["2026-07-12", "12.07.26"], ["12 июля", "2026-02-30"]),
        ("yes_no", ["да", "0"], ["может быть"]),
        ("link", ["https://example.org/a", "http://xn--e1afmkfd.xn--p1ai/"], ["javascript:alert(1)", "example.org"]),
    ],
)
def test_each_type_knows_its_misfits(office: HttpClient, type_: str, fits: list[str], misfits: list[str]) -> None:
    field = make_field()
    for text in [*fits, *misfits]:
        make_deal(values={field: text})

    form = office.post(f"{LIST}{field.pk}/", FORM | {"type": type_}).context["form"]

    assert [value.text for value in form.fit.shown] == misfits


def test_fifty_misfits_are_shown_of_more(office: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.services.field_types.SHOWN", 1)
    field = make_field()
    for text in "абв":
        make_deal(values={field: text})

    fit = office.post(f"{LIST}{field.pk}/", FORM | {"type": "number"}).context["form"].fit

    assert (fit.values, fit.misfits, [value.text for value in fit.shown]) == (3, 3, ["а"])


def test_many_values_are_read_anew_in_the_background(
    office: HttpClient, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr("crm.services.field_types.ROWS", 1)
    field = make_field()
    for text in ("1", "2"):
        make_deal(values={field: text})

    office.post(f"{LIST}{field.pk}/", FORM | {"type": "number"})

    assert DBTaskResult.objects.get().task_result.args == [field.pk, 0]
    assert "the values are being read as this type" in office.get(LIST).content.decode()


def test_a_field_moves_by_its_button_and_by_a_drag(office: HttpClient) -> None:
    assert office.post(f"{LIST}2/place/", {"place": "0"}).headers["Location"] == LIST
    page = office.post(f"{LIST}5/place/", {"place": "1"}, headers={"hx-request": "true"})

    assert [row.pk for row in page.context["usable"]] == [2, 5, 1, 3, 4]
    assert page.content.decode().startswith('\n<div class="settings-lists" id="field-list">')


def test_a_field_never_used_is_deleted(office: HttpClient) -> None:
    field = make_field()

    assert not office.get(f"{LIST}{field.pk}/remove/").context["was_used"]
    assert said(office.post(f"{LIST}{field.pk}/remove/")) == ["The field “Филиал” is deleted."]
    assert not CustomField.objects.filter(pk=field.pk).exists()


def test_a_field_in_use_goes_into_the_archive_and_comes_back(office: HttpClient) -> None:
    field = make_field()
    make_deal(values={field: "Центр"})

    assert office.get(f"{LIST}{field.pk}/remove/").context["deals"] == 1
    assert said(office.post(f"{LIST}{field.pk}/remove/")) == ["The field “Филиал” is archived."]
    assert CustomField.objects.get(pk=field.pk).is_archived

    office.post(f"{LIST}{field.pk}/restore/")
    assert not CustomField.objects.get(pk=field.pk).is_archived


def test_a_choice_is_added_and_put_in_order(office: HttpClient, branch: CustomField) -> None:
    office.post(f"{LIST}{branch.pk}/choices/", {"label": "Запад"})
    last = branch.choices.get(label="Запад")
    page = office.post(f"{LIST}{branch.pk}/choices/{last.pk}/place/", {"place": "0"}, headers={"hx-request": "true"})

    assert [choice.label for choice in page.context["choices"]] == ["Запад", "Центр", "Север", "Юг"]
    told = SettingChange.objects.get(field="choices")
    assert (told.old, told.new) == ("Центр, Север, Юг, Запад", "Запад, Центр, Север, Юг")


def test_a_choice_that_is_there_is_refused(office: HttpClient, branch: CustomField) -> None:
    page = office.post(f"{LIST}{branch.pk}/choices/", {"label": "Юг"})

    assert page.context["choice_form"].errors == {"label": ["The field offers “Юг” already."]}


def test_a_renamed_choice_is_renamed_on_its_deals(office: HttpClient, branch: CustomField) -> None:
    deal = make_deal(values={branch: "Центр"})
    choice = branch.choices.get(label="Центр")

    answer = office.post(f"{LIST}{branch.pk}/choices/{choice.pk}/", {"label": "Центральный"})

    assert said(answer) == ["Saved; 1 deal is rewritten."]
    assert (labels(branch)[0], FieldValue.objects.get(deal=deal).text) == ("Центральный", "Центральный")


def test_a_removed_choice_asks_what_its_deals_get(office: HttpClient, branch: CustomField) -> None:
    deal = make_deal(values={branch: "Центр"})
    choice, other = branch.choices.get(label="Центр"), branch.choices.get(label="Юг")
    address = f"{LIST}{branch.pk}/choices/{choice.pk}/remove/"

    assert office.post(address, {"to": ""}).context["form"].errors == {"to": ["This field is required."]}
    office.post(address, {"to": str(other.pk)})

    deal.refresh_from_db()
    assert (labels(branch), FieldValue.objects.get(deal=deal).text) == (["Север", "Юг"], "Юг")
    assert json.loads(deal.order_json)["fields"] == [{str(branch.pk): "Юг"}]


def test_deals_can_keep_a_removed_choice_as_a_text(office: HttpClient, branch: CustomField) -> None:
    deal = make_deal(values={branch: "Центр"})
    choice = branch.choices.get(label="Центр")

    office.post(f"{LIST}{branch.pk}/choices/{choice.pk}/remove/", {"to": "keep"})

    assert (labels(branch), FieldValue.objects.get(deal=deal).text) == (["Север", "Юг"], "Центр")


def test_a_choice_whose_deals_are_being_rewritten_waits(
    office: HttpClient, branch: CustomField, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr("crm.services.field_choices.DEALS", 0)
    make_deal(values={branch: "Центр"})
    choice = branch.choices.get(label="Центр")
    address = f"{LIST}{branch.pk}/choices/{choice.pk}/"

    office.post(address, {"label": "Центральный"})
    page = office.post(address, {"label": "Главный"})
    removal = office.post(f"{address}remove/", {"to": "keep"})

    waits = "The deals that hold “Центр” are being rewritten. Wait until that is done."
    assert page.context["form"].non_field_errors() == [waits]
    assert removal.context["form"].non_field_errors() == [waits]
    assert "its deals are being rewritten" in office.get(f"{LIST}{branch.pk}/").content.decode()
    assert FieldChoice.objects.get(pk=choice.pk).label == "Центр"


@pytest.mark.parametrize("address", ["99/", "99/remove/", f"{10**30}/", "1/choices/99/", "1/choices/99/remove/"])
def test_what_is_not_there_is_not_found(office: HttpClient, address: str) -> None:
    assert office.get(f"{LIST}{address}").status_code == 404


def test_a_quick_deal_asks_for_required_fields(office: HttpClient, branch: CustomField) -> None:
    CustomField.objects.filter(pk=branch.pk).update(is_required=True)
    field = f"field_{branch.pk}"
    assert f'name="{field}"' in office.get("/").content.decode()

    page = office.post("/board/add/", {"title": "Стрижка"}, headers={"hx-request": "true"})
    assert list(page.context["quick_form"].errors) == [field]

    office.post("/board/add/", {"title": "Стрижка", field: "Юг"}, headers={"hx-request": "true"})
    assert FieldValue.objects.get(deal=Deal.objects.get()).text == "Юг"
