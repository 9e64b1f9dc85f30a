"""Who enters, and what he finds on the first page."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client as Browser

from crm.admin_site import SECTIONS
from crm.models import Role, User
from tests.factories import make_integration, make_user


def test_an_administrator_enters(office: Browser) -> None:
    assert office.get("/admin/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER])
def test_nobody_else_enters(role: Role) -> None:
    office = Browser()
    office.force_login(make_user(role=role), backend="crm.authentication.PersonBackend")

    response = office.get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")


@pytest.mark.django_db
def test_a_visitor_is_asked_to_sign_in() -> None:
    response = Browser().get("/admin/crm/deal/")

    assert response["Location"] == "/login/?next=/admin/crm/deal/"


def test_who_is_switched_off_is_out_at_the_next_request(office: Browser, administrator: User) -> None:
    User.objects.filter(pk=administrator.pk).update(is_active=False)

    assert office.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.django_db
def test_signing_in_takes_login_and_password() -> None:
    make_user(login="boss", role=Role.ADMINISTRATOR)

    response = Browser().post("/login/?next=/admin/", {"username": "boss", "password": "a password"})

    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.django_db
def test_a_guesser_is_shut_out() -> None:
    make_user(login="boss", role=Role.ADMINISTRATOR)
    office = Browser()
    for _ in range(10):
        office.post("/login/", {"username": "boss", "password": "a guess"})

    assert office.post("/login/", {"username": "boss", "password": "a password"}).status_code == 429


@pytest.mark.django_db
def test_a_service_user_cannot_sign_in_even_with_a_password() -> None:
    service = make_integration().user
    service.role = Role.ADMINISTRATOR
    service.set_password("a password")
    service.save()

    response = Browser().post("/login/", {"username": service.login, "password": "a password"})

    assert (response.status_code, response.wsgi_request.user.is_authenticated) == (200, False)


def test_the_index_has_four_sections(office: Browser) -> None:
    sections = office.get("/admin/").context["app_list"]

    assert [str(section["name"]) for section in sections] == [
        "Daily work",
        "Configuration",
        "People and access",
        "Analytics service",
    ]


def test_every_list_stands_in_a_section() -> None:
    placed = [label for section in SECTIONS for label in section.models]

    assert sorted(placed) == sorted(model._meta.label for model in admin.site._registry)


def test_there_are_no_groups() -> None:
    assert not admin.site.is_registered(Group)


def test_an_app_has_a_page_of_its_own(office: Browser) -> None:
    sections = office.get("/admin/analytics_api/").context["app_list"]

    assert [[model["object_name"] for model in section["models"]] for section in sections] == [
        ["CallLog", "FailedAccess"]
    ]
