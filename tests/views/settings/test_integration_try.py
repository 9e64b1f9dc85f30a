"""Settings → Integrations → Try it: a request in the name of an account, of which nothing stays."""

import json
import re
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest
from django.apps import apps
from django.test import Client as HttpClient
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from analytics_api.actions import ACTIONS
from analytics_api.models import CallLog, Walk
from analytics_api.pages.trying import SHOWN
from crm.models import Deal, Integration
from tests.analytics_api.asking import Service
from tests.factories import SECRET, make_client, make_deal, make_integration, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Integration:
    return make_integration()


def address_of(account: Integration, action: str) -> str:
    return f"/settings/integrations/{account.pk}/try/?action={action}"


def send(office: HttpClient, account: Integration, action: str, **parameters: object) -> Any:
    return office.post(address_of(account, action), {f"parameter-{name}": text for name, text in parameters.items()})


def answered(page: Any) -> Any:
    return json.loads(page.context["tried"].text)


def everything() -> dict[str, list[Any]]:
    """All rows of all tables of ours, as they stand."""
    models = [*apps.get_app_config("crm").get_models(), *apps.get_app_config("analytics_api").get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_examples_are_answered_and_nothing_of_them_stays(
    office: HttpClient, account: Integration, action: str
) -> None:
    make_deal(client=make_client("Анна", phone="88007000000"), manager=make_user())
    make_deal()
    Service().ask("export", limit=1)
    before = everything()
    assert (len(before["crm.Deal"]), Walk.objects.count(), CallLog.objects.count()) == (2, 1, 1)
    form = office.get(address_of(account, action)).context["form"]
    parameters = {name: form[name].value() for name in form.fields if form[name].value()}

    page = send(office, account, action, **parameters)

    assert page.status_code == 200
    assert answered(page).get("status", "ok") == "ok", page.context["tried"].text
    assert page.context["tried"].status == 200
    assert everything() == before


def test_the_page_names_what_the_action_takes(office: HttpClient, account: Integration) -> None:
    for action, row in ACTIONS.items():
        page = office.get(address_of(account, action))
        assert tuple(page.context["form"].fields) == row.parameters
        assert f'?action={action}"\n         aria-current="page"' in page.content.decode()
    assert office.get(address_of(account, "unknown")).context["form"].action == "import_scheme"


def test_the_request_is_shown_as_the_service_sends_it_without_the_secret(
    office: HttpClient, account: Integration
) -> None:
    page = send(office, account, "task", element_id="5", text="a & я\r\nb", deadline="")

    address, _who = re.findall(r"GET (\S+)\s+(Authorization: Basic \*\*\*)<", page.content.decode())[0]
    assert address.startswith("http://testserver/analytics?action=task&amp;element_id=5&amp;text=a%20%26%20")
    query = page.context["request_address"].partition("?")[2]
    assert parse_qsl(query) == [("action", "task"), ("element_id", "5"), ("text", "a & я\nb")]
    assert SECRET not in page.content.decode()


def test_the_roistat_dialect_signs_in_by_a_masked_token_and_answers_its_way(office: HttpClient) -> None:
    cloud = make_integration("cloud", dialect="roistat")

    page = send(office, cloud, "export", limit="10")

    assert "?user=cloud&amp;token=***&amp;action=export&amp;limit=10" in page.content.decode()
    assert "Authorization" not in page.content.decode()
    assert answered(page)["pagination"] == {"total_count": 0, "limit": 10}


def test_a_read_only_account_is_refused_a_write(office: HttpClient) -> None:
    reader = make_integration("reader", rights=Integration.Rights.READ)

    page = send(office, reader, "lead", title="x")

    assert answered(page) == {"status": "error", "message": "This account may only read."}
    assert Deal.objects.count() == 0


def test_errors_are_the_answers_that_they_are(
    office: HttpClient, account: Integration, caplog: pytest.LogCaptureFixture
) -> None:
    error = send(office, account, "export", limit="-1")
    long = send(office, account, "message", leadId="1", message="я" * 20_000)
    with patch("crm.services.leads.write_message", side_effect=RuntimeError):
        fault = send(office, account, "lead", phone="88007000000", text="x")

    assert answered(error)["message"] == "Parameter limit must be a whole number, 1 or more."
    assert (long.context["tried"].status, answered(long)["status"]) == (414, "error")
    assert (fault.context["tried"].status, answered(fault)["message"]) == (500, "Internal error.")
    assert "A request that was tried failed." in caplog.messages
    assert (Deal.objects.count(), CallLog.objects.count()) == (0, 0)
    assert send(office, account, "lead", title="\0").status_code == 422


def test_what_the_log_would_flag_is_said(office: HttpClient, account: Integration) -> None:
    page = send(office, account, "lead", phone="88007000000", manager_id="999999")

    assert "manager_id is no manager who works here" in page.content.decode()


def test_a_long_answer_is_cut_and_says_so(office: HttpClient, account: Integration) -> None:
    for _number in range(90):
        make_deal("Укладка " * 25)

    page = send(office, account, "export")

    tried = page.context["tried"]
    assert len(tried.text) > SHOWN
    assert escape(tried.text[:SHOWN]) + "</pre>" in page.content.decode()
    assert "This is the beginning: the whole answer has" in page.content.decode()


def test_an_account_that_is_switched_off_is_tried_with_a_warning(office: HttpClient, account: Integration) -> None:
    account.is_active = False
    account.save()

    assert "the service gets 401 for every request" in office.get(address_of(account, "lead")).content.decode()


def test_the_list_and_the_account_lead_there(office: HttpClient, account: Integration) -> None:
    link = f'href="/settings/integrations/{account.pk}/try/"'
    assert link in office.get("/settings/integrations/").content.decode()
    assert link in office.get(f"/settings/integrations/{account.pk}/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_request_is_tried_in_few_queries(
    office: HttpClient, account: Integration, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_deal(f"Укладка {number}")

    with django_assert_num_queries(5):
        office.get(address_of(account, "message"))
    with django_assert_num_queries(10):
        send(office, account, "export")
