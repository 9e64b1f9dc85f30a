"""Clients with their phones and e-mails; pairs that may be one person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from crm.models import Change, Client, Contact, ProbableDuplicates
from crm.services.client_contacts import set_contacts
from crm.services.clients import change_client, suspect_duplicates
from tests.admin.pages import errors, form_on, said, save
from tests.factories import make_client, make_user

ADD = "/admin/crm/client/add/"


def page(client: Client) -> str:
    return f"/admin/crm/client/{client.pk}/change/"


def contacts(client: Client) -> list[tuple[str, str, str]]:
    return list(Contact.objects.filter(client=client).values_list("kind", "entered", "normalised"))


def row_errors(response: Any) -> list[Any]:
    formset = response.context["inline_admin_formsets"][0].formset
    return [*formset.non_form_errors(), *(message for form in formset.forms for message in form.errors.items())]


def history(client: Client) -> list[tuple[Any, ...]]:
    changes = Change.objects.filter(number=client.pk).exclude(verb="created").order_by("pk")
    return list(changes.values_list("field", "old", "new", "via"))


def test_a_client_is_added_with_his_phone(office: Browser) -> None:
    save(
        office,
        ADD,
        name="Анна",
        company="Ромашка",
        **{"contacts-0-kind": "phone", "contacts-0-entered": "8 916 123-45-67"},
    )

    client = Client.objects.get()
    assert (client.name, client.company) == ("Анна", "Ромашка")
    assert contacts(client) == [("phone", "8 916 123-45-67", "+79161234567")]


def test_a_client_needs_a_name_or_a_company(office: Browser) -> None:
    assert errors(save(office, ADD)) == {"name": ["A client needs a name or a company."]}


def test_what_is_changed_is_written_by_the_service(office: Browser) -> None:
    client = make_client("Анна")
    before = client.changed_at

    save(office, page(client), name="Анна Иванова")

    client.refresh_from_db()
    assert (client.name, client.version, client.changed_at > before) == ("Анна Иванова", 2, True)
    assert history(client) == [("name", "Анна", "Анна Иванова", "admin")]


def test_saving_without_a_change_leaves_no_trace(office: Browser) -> None:
    client = make_client("Анна", phone="8 916 123-45-67", manager=make_user(), notes="два\nслова")
    before = Client.objects.filter(pk=client.pk).values().get()

    save(office, page(client))

    assert Client.objects.filter(pk=client.pk).values().get() == before
    assert history(client) == []


def test_contacts_are_changed_added_and_taken_away(office: Browser) -> None:
    client = make_client("Анна", phone="8 916 123-45-67", email="a@x.ru")

    save(
        office,
        page(client),
        **{
            "contacts-0-entered": "8 916 000-00-01",
            "contacts-1-DELETE": "on",
            "contacts-2-kind": "email",
            "contacts-2-entered": "Anna@X.ru",
        },
    )

    assert contacts(client) == [("phone", "8 916 000-00-01", "+79160000001"), ("email", "Anna@X.ru", "anna@x.ru")]
    assert set(history(client)) == {
        ("phone", "8 916 123-45-67", "8 916 000-00-01", "admin"),
        ("email", "a@x.ru", "Anna@X.ru", "admin"),
    }


@pytest.mark.parametrize(
    ("kind", "entered", "message"),
    [
        ("phone", "12", "This is no possible phone number."),
        ("phone", "+7 999 999-99-99 999", "This is no possible phone number."),
        ("email", "anna", "This is no e-mail address."),
    ],
)
def test_an_impossible_contact_is_refused(office: Browser, kind: str, entered: str, message: str) -> None:
    response = save(office, page(make_client()), **{"contacts-0-kind": kind, "contacts-0-entered": entered})

    assert row_errors(response) == [("entered", [message])]
    assert not Contact.objects.exists()


def test_one_phone_in_two_notations_is_refused(office: Browser) -> None:
    client = make_client(phone="8 916 123-45-67")

    response = save(office, page(client), **{"contacts-1-kind": "phone", "contacts-1-entered": "+7 (916) 1234567"})

    assert row_errors(response) == ["“+7 (916) 1234567” stands there twice."]


def test_what_a_lead_once_brought_may_stay(office: Browser) -> None:
    client = make_client("Анна", phone="спросить Олега")

    assert save(office, page(client), name="Анна Иванова").status_code == 302
    assert contacts(client) == [("phone", "спросить Олега", "")]


def test_a_contact_that_came_meanwhile_stays(office: Browser) -> None:
    client = make_client(phone="8 916 123-45-67")
    seen = form_on(office.get(page(client)))
    set_contacts(client=client, contacts=[("phone", "8 916 123-45-67"), ("email", "a@x.ru")], by=None)

    office.post(page(client), seen | {"contacts-0-entered": "8 916 000-00-01"})

    assert [entered for _, entered, _ in contacts(client)] == ["8 916 000-00-01", "a@x.ru"]


def test_the_second_person_is_told_what_the_first_changed(office: Browser) -> None:
    client = make_client("Анна")
    seen = form_on(office.get(page(client)))
    change_client(client=client, by=None, name="Анна Петрова")

    response = office.post(page(client), seen | {"name": "Анна Иванова"})

    assert errors(response) == {
        "name": ["The system has changed this meanwhile to “Анна Петрова”. Save again to overwrite it."]
    }


def test_a_merged_client_is_only_shown(office: Browser) -> None:
    client = make_client("Анна", merged_into=make_client("Анна Иванова"))

    response = office.get(page(client))

    assert (response.status_code, response.context["has_change_permission"]) == (200, False)
    assert office.post(page(client), {"name": "Олег"}).status_code == 403


def test_no_client_is_deleted(office: Browser) -> None:
    assert office.post(f"/admin/crm/client/{make_client().pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3, 10])
def test_the_page_of_a_client_takes_as_many_queries_whatever_it_holds(
    office: Browser, django_assert_num_queries: Callable[..., Any], rows: int
) -> None:
    client = make_client(manager=make_user())
    phones = [("phone", f"8 916 000-00-{number:02}") for number in range(1, rows + 1)]
    set_contacts(client=client, contacts=phones, by=None)

    with django_assert_num_queries(7):
        office.get(page(client))


def test_a_pair_is_found_to_be_two(office: Browser) -> None:
    suspect_duplicates(make_client("Анна"), make_client("Анна"), at=timezone.now())
    pair = ProbableDuplicates.objects.get()

    response = office.post(
        "/admin/crm/probableduplicates/", {"action": "dismiss", "_selected_action": pair.pk, "index": 0}
    )

    pair.refresh_from_db()
    assert (said(response), pair.dismissed_at is None) == ("1 pair is kept apart from now on.", False)
    assert list(office.get("/admin/crm/probableduplicates/?decision=open").context["cl"].result_list) == []
    assert list(office.get("/admin/crm/probableduplicates/?decision=different").context["cl"].result_list) == [pair]
