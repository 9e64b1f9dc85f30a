"""`lead`: it becomes a deal with its client, and is never lost to a detail (PROTOCOL.md, section 3)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics_api.models import CallLog
from crm.models import Change, Client, CustomField, Deal, ProbableDuplicates, Status
from tests.analytics_api.asking import Service
from tests.factories import make_client, make_deal, make_field, make_status, make_user


def lead(service: Service, **parameters: object) -> Deal:
    answer = service.ask("lead", **parameters)
    assert answer["status"] == "ok", answer
    return Deal.objects.get(pk=answer["order_id"])


def values(deal: Deal) -> dict[str, str]:
    return {value.field.name: value.text for value in deal.field_values.select_related("field")}


def remarks() -> list[str]:
    """What the log flags of the newest call."""
    newest = CallLog.objects.latest("pk")
    assert newest.outcome == ("flagged" if newest.message else "ok")
    return newest.message.splitlines()


def test_a_lead_begins_in_the_first_open_status(service: Service) -> None:
    make_status("Архив", position=0, is_archived=True)
    first = make_status("Первичная", position=0)
    Status.objects.filter(pk=4).update(position=0)  # lost
    assert lead(service, title="x").status == first


def test_the_order_id_is_the_one_it_is_exported_under(service: Service) -> None:
    number = service.ask("lead", title="x")["order_id"]
    assert [order["id"] for order in service.ask("export")["orders"]] == [number]


def test_the_text_is_the_first_comment(service: Service, integration: Any) -> None:
    [message] = lead(service, phone="88007000000", text="Перезвоните\nпосле 18:00").messages.all()
    assert (message.title, message.text, message.author) == ("", "Перезвоните\nпосле 18:00", integration.user)


def test_the_history_says_who_made_the_deal(service: Service, integration: Any) -> None:
    deal = lead(service, title="x")
    [change] = Change.objects.filter(number=deal.pk)
    assert (change.verb, change.via, change.by) == ("created", "protocol", integration.user)
    assert deal.created_by == integration.user


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ({"title": "JivoSite", "name": "Анна"}, "JivoSite"),
        ({"name": "Анна", "phone": "88007000000"}, "Анна"),
        ({"phone": "88007000000"}, "88007000000"),
        ({"email": "a@mail.ru"}, "a@mail.ru"),
        ({"text": "Перезвоните"}, "Lead"),
        ({"data": '{"source":"yandex"}'}, "Lead"),
    ],
)
def test_any_one_thing_makes_a_lead_and_gives_it_a_title(
    service: Service, parameters: dict[str, str], title: str
) -> None:
    assert lead(service, **parameters).title == title


@pytest.mark.parametrize("parameters", [{}, {"title": " \t", "data": "{}"}, {"visit": "437272", "manager_id": "1"}])
def test_a_lead_of_nothing_is_an_error(service: Service, parameters: dict[str, str]) -> None:
    message = "A lead needs a title, name, phone, email, text or data: all are missing."
    assert service.refusal("lead", **parameters) == message
    assert (Deal.objects.count(), Client.objects.count()) == (0, 0)


def test_a_lead_without_contact_has_no_client(service: Service) -> None:
    assert lead(service, title="x", text="y").client is None


# --- The client ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", ["88007000000", "+7 (800) 700-00-00", "8 800 700 00 00", "8007000000"])
def test_a_client_is_found_by_phone_in_any_notation(service: Service, notation: str) -> None:
    client = make_client(phone="8-800-700-00-00")
    assert lead(service, phone=notation).client == client


def test_a_client_is_found_by_email_in_any_case(service: Service) -> None:
    client = make_client(email="Anna@Mail.ru")
    assert lead(service, email="anna@mail.RU").client == client


@pytest.mark.parametrize("phone", ["11111111111", "+77777777777", "00000000000", "123", "не скажу", "8800"])
def test_what_is_nobodys_number_joins_nobody(service: Service, phone: str) -> None:
    one, other = lead(service, title="1", phone=phone).client, lead(service, title="2", phone=phone).client
    assert one is not None
    assert other is not None
    assert one != other
    assert [str(contact) for contact in one.contacts.all()] == [phone]


def test_of_several_with_one_phone_the_one_with_the_most_recent_deal_is_taken(service: Service) -> None:
    clients = [make_client(str(number), phone="88007000000") for number in range(4)]
    make_deal(client=clients[1], created_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_deal(client=clients[2], created_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert lead(service, phone="88007000000", created_date="2020-01-01 00:00").client == clients[2]


def test_of_several_without_deals_the_lowest_number_is_taken(service: Service) -> None:
    clients = [make_client(str(number), phone="88007000000") for number in range(3)]
    assert lead(service, phone="88007000000").client == clients[0]


def test_a_client_who_was_merged_away_or_thrown_away_is_not_found(service: Service) -> None:
    survivor = make_client("Анна", phone="88007000000")
    make_client("Дубль", phone="89234102993", merged_into=survivor)
    make_client("Спам", phone="89234102994", trashed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert lead(service, title="1", phone="89234102994").client not in (None, *Client.objects.all()[:3])
    assert lead(service, title="2", phone="88007000000").client == survivor


def test_what_a_known_client_lacks_is_filled_in_and_nothing_is_overwritten(service: Service) -> None:
    client = make_client("", phone="88007000000")
    lead(service, name="Анна", phone="88007000000", email="a@mail.ru")
    deal = lead(service, name="Аня", phone="88007000000", email="b@mail.ru")
    client.refresh_from_db()
    assert client.name == "Анна"
    assert [str(contact) for contact in client.contacts.all()] == ["88007000000", "a@mail.ru", "b@mail.ru"]
    assert deal.extra == {"parameters": {"name": "Аня"}}


def test_a_known_contact_is_not_added_again(service: Service) -> None:
    client = make_client(phone="88007000000", email="a@mail.ru")
    lead(service, phone="+7 800 700-00-00", email="A@mail.ru")
    assert [str(contact) for contact in client.contacts.all()] == ["88007000000", "a@mail.ru"]
    assert client.version == Client.objects.get().version


def test_phone_and_email_of_two_clients_take_the_phones_and_flag_the_pair(service: Service) -> None:
    by_email = make_client("Борис", email="b@mail.ru")
    by_phone = make_client("Анна", phone="88007000000")
    assert lead(service, phone="88007000000", email="b@mail.ru").client == by_phone
    [pair] = ProbableDuplicates.objects.all()
    assert (pair.first, pair.second) == (by_email, by_phone)
    assert remarks() == ["phone and e-mail belong to two clients: they are marked as probable duplicates"]


# --- data ------------------------------------------------------------------------------------------------------------


def test_data_names_fields_by_id_or_by_name(service: Service) -> None:
    deal = lead(service, title="x", data=json.dumps({"1": "google.ru", "SOURCE": "yandex", "utmMedium": "cpc"}))
    assert values(deal) == {"referrer": "google.ru", "source": "yandex", "utmMedium": "cpc"}
    assert remarks() == []


def test_an_id_goes_before_a_name(service: Service) -> None:
    make_field("2")
    assert values(lead(service, title="x", data='{"2": "yandex"}')) == {"source": "yandex"}


def test_values_of_data_are_kept_as_they_were_written(service: Service) -> None:
    data = '{"1": 1.50, "2": 10000000000000000000001, "3": true, "4": {"a": [1, null]}, "5": null}'
    deal = lead(service, title="x", data=data)
    assert values(deal) == {
        "referrer": "1.50",
        "source": "10000000000000000000001",
        "utmSource": "true",
        "utmMedium": '{"a": [1, null]}',
    }


@pytest.mark.parametrize(
    "data",
    [
        "not json", "[1, 2]", '"text"', "17", "null", '{"1": "a"', '{"1": NaN}', "[" * 10_000, '{"a":' * 5_000,
        '[["1", "2"]]', "{}}", "'1': 'a'",
    ],
)  # fmt: skip
def test_malformed_data_is_kept_on_the_deal_and_flagged(service: Service, data: str) -> None:
    deal = lead(service, data=data)
    assert deal.extra == {"parameters": {"data": data}}
    assert remarks() == ["data is not a JSON object; it is kept as text"]


def test_an_unknown_field_is_kept_on_the_deal_and_flagged(service: Service) -> None:
    deal = lead(service, title="x", data='{"77": "a", "цвет": "рыжий", "source": "yandex"}')
    assert deal.extra == {"data": {"77": "a", "цвет": "рыжий"}}
    assert values(deal) == {"source": "yandex"}
    assert remarks() == ["data has keys that are no field: 77, цвет"]


def test_a_second_value_for_one_field_is_kept_on_the_deal(service: Service) -> None:
    deal = lead(service, title="x", data='{"2": "yandex", "source": "google", "2": "vk", "Source": "yandex"}')
    assert values(deal) == {"source": "yandex"}
    assert deal.extra == {"data": {"source": "google", "2": "vk"}}


def test_control_characters_are_removed_before_and_after_json_is_read(service: Service) -> None:
    deal = lead(service, title="a\0b\x1b", data='{"1": "x\x00y\\u0000z\\ud800", "\\u00002": "yandex"}')
    assert deal.title == "ab"
    assert values(deal) == {"referrer": "xyz", "source": "yandex"}


@pytest.mark.parametrize("name", ["roistat", "visit", "Roistat"])
def test_the_visit_may_come_inside_data(service: Service, name: str) -> None:
    deal = lead(service, title="x", data=json.dumps({name: "437272"}))
    assert (deal.visit, deal.extra) == ("437272", {})


def test_of_two_visits_the_parameter_wins_and_the_other_is_kept(service: Service) -> None:
    deal = lead(service, title="x", visit="1", data='{"roistat": "2"}')
    assert (deal.visit, deal.extra) == ("1", {"parameters": {"visit": "2"}})
    assert remarks() == ["there are several visits; the first is taken"]
    assert lead(service, title="y", visit="1", data='{"roistat": "1"}').extra == {}


# --- Details that do not reject it -----------------------------------------------------------------------------------


def test_a_manager_becomes_responsible(service: Service) -> None:
    manager = make_user()
    assert lead(service, title="x", manager_id=manager.pk).manager == manager


@pytest.mark.parametrize("case", ["unknown", "left", "observer", "text", "40 digits"])
def test_a_manager_who_does_not_work_here_is_kept_as_text_and_flagged(service: Service, case: str) -> None:
    users = {"left": make_user(is_active=False), "observer": make_user(role="observer")}
    texts = {"unknown": "987654", "text": "Иванова", "40 digits": "9" * 40}
    manager_id = str(users[case].pk) if case in users else texts[case]
    deal = lead(service, title="x", manager_id=manager_id)
    assert (deal.manager, deal.extra) == (None, {"parameters": {"manager_id": manager_id}})
    assert remarks() == ["manager_id is no manager who works here"]


def test_a_date_that_cannot_be_read_is_kept_as_text_and_flagged(service: Service) -> None:
    deal = lead(service, title="x", created_date="12 июля")
    assert deal.extra == {"parameters": {"created_date": "12 июля"}}
    assert remarks() == ["created_date cannot be read"]


@pytest.mark.parametrize("name", ["title", "name", "phone", "email", "visit"])
def test_an_overlong_value_is_kept_whole_in_the_comment(service: Service, name: str) -> None:
    long = "я" * 256
    deal = lead(service, **{"title": "x", "text": "Текст", name: long})
    shortened = "я" * 254 + "…"
    holders = {"title": deal.title, "visit": deal.visit, "name": deal.client and deal.client.name}
    if name in holders:
        assert holders[name] == shortened
    else:
        assert deal.client is not None
        assert [str(contact) for contact in deal.client.contacts.all()] == [shortened]
    assert [message.text for message in deal.messages.all()] == [f"Текст\n\n{name}: {long}"]
    assert remarks() == [f"{name} is longer than 255 characters; the comment has it whole"]


def test_the_limit_itself_is_not_too_long(service: Service) -> None:
    assert lead(service, title="я" * 255).title == "я" * 255
    assert remarks() == []


def test_a_parameter_nobody_knows_is_kept_on_the_deal(service: Service) -> None:
    assert lead(service, title="x", promo="ЛЕТО").extra == {"parameters": {"promo": "ЛЕТО"}}


def test_of_different_values_of_one_parameter_the_first_is_taken_and_the_rest_kept(service: Service) -> None:
    number = service.answer("action=lead&title=one&title=two&title=three&phone=88007000000&title=one")["order_id"]
    deal = Deal.objects.get(pk=number)
    assert (deal.title, deal.extra) == ("one", {"parameters": {"title": "two\nthree"}})
    assert remarks() == ["title came with different values; the first is taken"]


def test_fields_in_an_archive_still_take_values(service: Service) -> None:
    CustomField.objects.filter(pk=2).update(is_archived=True)
    assert values(lead(service, title="x", data='{"source": "yandex"}')) == {"source": "yandex"}
