"""Pages that say what went wrong."""

import pytest
from django.test import Client as HttpClient
from django.test import RequestFactory

from crm.models import Role
from crm.views.errors import server_error
from tests.factories import make_user


@pytest.mark.django_db
@pytest.mark.parametrize("logged_in", [True, False])
def test_a_page_that_is_not_there(client: HttpClient, logged_in: bool) -> None:
    if logged_in:
        client.force_login(make_user())
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "<h1>Nothing here</h1>" in answer.content.decode()
    assert ('class="rail"' in answer.content.decode()) is logged_in


@pytest.mark.django_db
def test_a_refusal_says_why(client: HttpClient) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    answer = client.post("/deals/new/")

    assert answer.status_code == 403
    assert "you are an observer" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    strict = HttpClient(enforce_csrf_checks=True)
    answer = strict.post("/login/", {"username": "anna"})

    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


@pytest.mark.django_db
def test_a_request_for_a_foreign_host_is_refused(client: HttpClient) -> None:
    answer = client.get("/login/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "This request cannot be read" in answer.content.decode()


def test_a_failure_is_told_without_the_database(rf: RequestFactory) -> None:
    answer = server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
