"""What a search box finds."""

import pytest
from django.test import Client as Browser

from crm.admin.search import number_in
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user


def found(office: Browser, path: str, term: str) -> list[object]:
    return list(office.get(f"/admin/crm/{path}/", {"q": term}).context["cl"].result_list)


@pytest.mark.parametrize(
    ("term", "number"),
    [("803", 803), ("#803", 803), ("№ 803", 803), (" 803 ", 803), ("0", None), ("9" * 40, None), ("80a", None)],
)
def test_a_number_is_read_in_any_notation(term: str, number: int | None) -> None:
    assert number_in(term) == number


@pytest.mark.parametrize(
    "term", ["{pk}", "#{pk}", "V-77", "ОКРАШ", "краш", "+7 (916) 123-45-67", "89161234567", "A@x.ru"]
)
def test_a_deal_is_found(office: Browser, term: str) -> None:
    client = make_client(phone="+7 916 123-45-67", email="a@x.ru")
    deal = make_deal("Окрашивание", client=client, visit="V-77")
    make_deal("Стрижка", client=make_client(phone="+7 916 000-00-01"), visit="V-7")

    assert found(office, "deal", term.format(pk=deal.pk)) == [deal]


def test_a_number_finds_the_visit_as_well_unless_it_is_marked(office: Browser) -> None:
    deal = make_deal()
    other = make_deal(visit=str(deal.pk))

    assert found(office, "deal", f"{deal.pk}") == [other, deal]
    assert found(office, "deal", f"#{deal.pk}") == [deal]


def test_an_unknown_phone_finds_nothing(office: Browser) -> None:
    make_deal("Окрашивание 89161234567")

    assert found(office, "deal", "8 (916) 123-45-67") == []


@pytest.mark.parametrize("term", ["{pk}", "#{pk}", "анна", "Ромашка", "8 916 123 45 67", "a@x.ru"])
def test_a_client_is_found(office: Browser, term: str) -> None:
    client = make_client("Анна", company="Ромашка", phone="+7 916 123-45-67", email="a@x.ru")
    make_client("Олег")

    assert found(office, "client", term.format(pk=client.pk)) == [client]


@pytest.mark.parametrize("term", ["{pk}", "#{pk}", "{deal}", "8 916 123 45 67", "перезвонить"])
@pytest.mark.parametrize(("path", "make"), [("task", make_task), ("message", make_message)])
def test_an_activity_is_found(office: Browser, path: str, make: object, term: str) -> None:
    assert callable(make)
    deal = make_deal(client=make_client(phone="+7 916 123-45-67"))
    activity = make(deal, "Перезвонить завтра")
    make(make_deal(), "Написать")

    assert found(office, path, term.format(pk=activity.pk, deal=deal.pk)) == [activity]


@pytest.mark.parametrize("term", ["{pk}", "8 916 123 45 67", "+79161234567", "79161234567", "весна"])
def test_a_call_is_found(office: Browser, term: str) -> None:
    call = make_call(caller="79161234567", callee="74950000000", marker="Весна")
    make_call(caller="79161234568")

    assert found(office, "call", term.format(pk=call.pk)) == [call]


def test_the_history_is_found_by_number(office: Browser) -> None:
    deal = make_deal()
    make_deal()

    assert [change.number for change in found(office, "change", f"#{deal.pk}")] == [deal.pk]  # type: ignore[attr-defined]


def test_a_person_is_found_by_a_part_of_his_name(office: Browser) -> None:
    person = make_user(full_name="Петрова Ольга")

    assert found(office, "user", "петров") == [person]


@pytest.mark.parametrize("term", ["9" * 40, "#", "№", "\x00", "%", "'", "a" * 5000])
@pytest.mark.parametrize("path", ["deal", "client", "task", "call", "message", "change", "user"])
def test_a_strange_term_is_no_fault(office: Browser, path: str, term: str) -> None:
    assert office.get(f"/admin/crm/{path}/", {"q": term}).status_code == 200


def test_choosing_a_client_offers_neither_merged_nor_deleted_ones(office: Browser) -> None:
    client = make_client("Анна", phone="+7 916 123-45-67")
    make_client("Анна", phone="+7 916 123-45-67", merged_into=client)

    response = office.get(
        "/admin/autocomplete/",
        {"app_label": "crm", "model_name": "deal", "field_name": "client", "term": "89161234567"},
    )

    assert [choice["id"] for choice in response.json()["results"]] == [str(client.pk)]
