"""Clients as people edit them."""

import pytest
from django.core.exceptions import ValidationError

from crm.services.client_contacts import check_contact, check_no_doubles, set_contacts
from crm.services.clients import change_client
from tests.factories import make_client

pytestmark = pytest.mark.django_db


def test_notes_are_no_change_that_the_analytics_service_fetches() -> None:
    client = make_client()

    changed = change_client(client=client, by=None, notes="Звонить после шести")

    assert (changed.changed_at, changed.version) == (client.changed_at, 2)


def test_a_name_is_one() -> None:
    client = make_client()

    assert change_client(client=client, by=None, name="Олег").changed_at > client.changed_at


def test_what_the_service_does_not_write_is_an_error() -> None:
    with pytest.raises(TypeError):
        change_client(client=make_client(), by=None, merged_into=None)


def test_the_same_contacts_leave_no_trace() -> None:
    client = make_client(phone="8 916 123-45-67")

    assert set_contacts(client=client, contacts=[("phone", "8 916 123-45-67")], by=None).version == client.version


@pytest.mark.parametrize(("kind", "entered"), [("phone", "12"), ("email", "anna"), ("email", "88007000000")])
def test_what_is_no_possible_contact_is_refused_where_people_type_it(kind: str, entered: str) -> None:
    with pytest.raises(ValidationError):
        check_contact(kind, entered)


@pytest.mark.parametrize(
    "given",
    [
        [("phone", "8 916 123-45-67"), ("phone", "+7 916 1234567")],
        [("email", "A@x.ru"), ("email", "a@x.ru")],
        [("phone", "нет"), ("phone", "нет")],
    ],
)
def test_one_contact_in_two_notations_is_refused_where_people_type_it(given: list[tuple[str, str]]) -> None:
    with pytest.raises(ValidationError):
        check_no_doubles(given)
