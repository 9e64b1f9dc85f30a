"""Clients as people edit them."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import Change, Client
from crm.services.client_contacts import set_contacts
from crm.services.clients import change_client
from tests.factories import make_client

pytestmark = pytest.mark.django_db


def contacts(client: Client) -> list[tuple[str, str]]:
    return list(client.contacts.values_list("kind", "entered"))


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


def test_contacts_stand_in_the_order_given() -> None:
    client = make_client(phone="8 916 123-45-67", email="a@x.ru")
    before = client.changed_at

    changed = set_contacts(client=client, contacts=[("email", "a@x.ru"), ("phone", "8 916 123-45-67")], by=None)

    assert contacts(client) == [("email", "a@x.ru"), ("phone", "8 916 123-45-67")]
    assert changed.changed_at > before  # another contact comes first in the export
    assert not Change.objects.filter(number=client.pk, verb="changed").exists()


def test_the_same_contacts_leave_no_trace() -> None:
    client = make_client(phone="8 916 123-45-67")

    assert set_contacts(client=client, contacts=[("phone", "8 916 123-45-67")], by=None).version == client.version


@pytest.mark.parametrize(
    "given",
    [
        [("phone", "12")],
        [("email", "anna")],
        [("phone", "8 916 123-45-67"), ("phone", "+7 916 1234567")],
        [("email", "A@x.ru"), ("email", "a@x.ru")],
    ],
)
def test_contacts_that_cannot_be_are_refused(given: list[tuple[str, str]]) -> None:
    client = make_client(email="b@x.ru")

    with pytest.raises(ValidationError):
        set_contacts(client=client, contacts=given, by=None)

    assert contacts(client) == [("email", "b@x.ru")]
