from typing import Any

import pytest
from django.utils import timezone

from crm.models import Change, Client
from crm.services.client_contacts import set_contacts
from crm.services.clients import change_client, restore_client, trash_client
from crm.services.conflicts import Conflict
from crm.services.known_clients import KnownClients, known_clients
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


def contacts(client: Client) -> list[tuple[str, str, str]]:
    return list(client.contacts.values_list("kind", "entered", "normalised"))


def history(client: Client) -> list[tuple[str, str, Any, Any]]:
    """What was written about a client after he was created."""
    changes = Change.objects.filter(number=client.pk).exclude(verb="created")
    return list(changes.values_list("verb", "field", "old", "new"))


def test_a_change_is_written_with_its_history_and_found_by_the_new_name() -> None:
    person = make_user()
    client = make_client("Анна")
    before = client.changed_at

    changed = change_client(client=client, by=person, name="Ёлкина Анна", company="ООО «Прибой»", manager=person)

    assert (changed.name, changed.company, changed.manager, changed.version) == (
        "Ёлкина Анна",
        "ООО «Прибой»",
        person,
        2,
    )
    assert changed.changed_at > before
    assert history(client) == [
        ("changed", "name", "Анна", "Ёлкина Анна"),
        ("changed", "company", "", "ООО «Прибой»"),
        ("changed", "manager", None, person.pk),
    ]
    assert list(Client.objects.matching("елкина ПРИБОЙ")) == [client]


def test_what_is_as_it_was_leaves_no_trace() -> None:
    client = make_client("Анна")

    changed = change_client(client=client, by=None, name="Анна", notes="")

    assert (changed.version, changed.changed_at, history(client)) == (1, client.changed_at, [])


def test_notes_are_no_news_for_an_incremental_export() -> None:
    client = make_client("Анна")

    assert change_client(client=client, by=None, notes="Звонить после шести").changed_at == client.changed_at


def test_only_the_columns_of_people_are_written() -> None:
    with pytest.raises(TypeError, match="does not write merged_into, version"):
        change_client(client=make_client(), by=None, version=7, merged_into=None)


def test_a_field_that_a_colleague_changed_meanwhile_is_not_overwritten() -> None:
    client = make_client("Анна")
    change_client(client=client, by=None, name="Анна Иванова")

    with pytest.raises(Conflict) as conflict:
        change_client(client=client, by=None, seen={"name": "Анна"}, name="Аня")

    assert (conflict.value.field, conflict.value.theirs) == ("name", "Анна Иванова")
    assert Client.objects.get().name == "Анна Иванова"


def test_two_who_write_the_same_do_not_meet() -> None:
    client = make_client("Анна")
    change_client(client=client, by=None, name="Аня")

    assert change_client(client=client, by=None, seen={"name": "Анна"}, name="Аня").version == 2


def test_contacts_are_added_changed_removed_and_put_in_order() -> None:
    client = make_client(phone="8 923 410-29-94", email="anna@example.ru")

    set_contacts(
        client=client,
        contacts=[("phone", "+7 800 700-00-00"), ("phone", "+7 (923) 410-29-94"), ("email", "a@example.ru")],
        by=None,
    )

    assert contacts(client) == [
        ("phone", "+7 800 700-00-00", "+78007000000"),
        ("phone", "+7 (923) 410-29-94", "+79234102994"),
        ("email", "a@example.ru", "a@example.ru"),
    ]
    assert history(client) == [
        ("changed", "phone", "8 923 410-29-94", "+7 800 700-00-00"),
        ("changed", "phone", None, "+7 (923) 410-29-94"),
        ("changed", "email", "anna@example.ru", "a@example.ru"),
    ]


def test_a_new_order_alone_is_told_as_such_and_is_news_for_the_export() -> None:
    client = make_client(phone="+78007000000")
    set_contacts(client=client, contacts=[("phone", "+78007000000"), ("phone", "+79234102994")], by=None)
    before = Client.objects.get().changed_at

    set_contacts(client=client, contacts=[("phone", "+79234102994"), ("phone", "+78007000000")], by=None)

    assert history(client)[-1] == ("changed", "phone", "+78007000000, +79234102994", "+79234102994, +78007000000")
    assert Client.objects.get().changed_at > before


def test_one_phone_in_two_notations_stays_once() -> None:
    client = make_client()

    set_contacts(client=client, contacts=[("phone", "8 800 700-00-00"), ("phone", "+78007000000")], by=None)

    assert contacts(client) == [("phone", "8 800 700-00-00", "+78007000000")]


def test_contacts_that_are_as_they_were_leave_no_trace() -> None:
    client = make_client(phone="+78007000000", email="anna@example.ru")

    set_contacts(client=client, contacts=[("email", "anna@example.ru"), ("phone", "+78007000000")], by=None)

    assert (Client.objects.get().version, history(client)) == (1, [])


def test_contacts_that_a_colleague_changed_meanwhile_are_not_overwritten() -> None:
    client = make_client(phone="+78007000000")

    with pytest.raises(Conflict):
        set_contacts(client=client, contacts=[("phone", "+79234102994")], by=None, seen=[("phone", "+79990000001")])

    assert contacts(client) == [("phone", "+78007000000", "+78007000000")]


def test_the_trash_hides_a_client_and_gives_him_back() -> None:
    client = make_client()
    at = timezone.now()

    trashed = trash_client(client=client, by=None, at=at)

    assert (trashed.trashed_at, list(Client.objects.present()), list(Client.objects.in_trash())) == (at, [], [client])
    trash_client(client=client, by=None)
    restored = restore_client(client=client, by=None)
    restore_client(client=client, by=None)
    assert (restored.trashed_at, list(Client.objects.present())) == (None, [client])
    assert [entry[0] for entry in history(client)] == ["trashed", "restored"]


def test_somebody_is_known_by_a_phone_in_another_notation_or_by_an_email() -> None:
    anna = make_client("Анна", phone="+7 923 410-29-94")
    boris = make_client("Борис", email="boris@example.ru")
    make_client("Вера", phone="+7 923 410-29-95")

    known = known_clients(phones=["8 (923) 410 29 94", "нет"], emails=["Boris@Example.ru", ""], viewer=make_user())

    assert known == KnownClients([boris, anna], hidden=False)


def test_a_client_is_not_warned_of_himself() -> None:
    anna = make_client("Анна", phone="+7 923 410-29-94")

    assert not known_clients(phones=["+79234102994"], emails=[], viewer=make_user(), but=anna.pk)


def test_one_who_sees_only_his_own_learns_no_more_than_that_a_colleague_has_such_a_client() -> None:
    colleague, own = make_user(), make_user(own_only=True)
    make_client("Анна", phone="+7 923 410-29-94", manager=colleague)

    assert known_clients(phones=["+79234102994"], emails=[], viewer=own) == KnownClients([], hidden=True)
    mine = make_client("Анна моя", phone="+7 923 410-29-94", manager=own)
    assert known_clients(phones=["+79234102994"], emails=[], viewer=own) == KnownClients([mine], hidden=True)


def test_a_client_in_the_trash_is_not_known() -> None:
    client = make_client(phone="+79234102994")
    trash_client(client=client, by=None)

    assert not known_clients(phones=["+79234102994"], emails=[], viewer=make_user())


def test_many_clients_with_one_phone_make_a_short_warning() -> None:
    clients = [make_client(f"Семья {number}", phone="+79234102994") for number in range(5)]

    assert known_clients(phones=["+79234102994"], emails=[], viewer=make_user()).named == clients[:1:-1]
