"""The roistat dialect: what its cloud sends beside the contract (PROTOCOL.md, Dialects)."""

import json
from hashlib import md5
from typing import Any
from urllib.parse import urlencode

import pytest

from analytics_api.models import FailedAccess
from crm.models import Deal, Message
from tests.analytics_api.asking import Service
from tests.factories import SECRET, make_integration

TOKEN = md5(f"Cloud{SECRET}".encode(), usedforsecurity=False).hexdigest()
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def cloud(db: None) -> Service:
    make_integration("Cloud", dialect="roistat")
    return Service("Cloud")


def by_token(service: Service, query: str, *, token: str = TOKEN, user: str = "Cloud") -> Any:
    return service.client.get(f"/analytics?{urlencode({'user': user, 'token': token})}&{query}")


def test_user_and_token_open_the_endpoint_like_basic(cloud: Service) -> None:
    assert json.loads(by_token(cloud, "action=export").content)["orders"] == []
    assert json.loads(by_token(cloud, "action=export", token=TOKEN.upper()).content)["orders"] == []
    assert cloud.ask("export")["orders"] == []


def test_a_wrong_token_is_refused_and_counted(cloud: Service) -> None:
    assert by_token(cloud, "action=export", token="0" * 32).status_code == 401
    assert by_token(cloud, "action=export", user="cloud").status_code == 401
    assert [row.count for row in FailedAccess.objects.all()] == [2]


def test_a_token_opens_no_account_of_the_other_dialect(db: None) -> None:
    make_integration("Cloud")
    assert by_token(Service(), "action=export").status_code == 401


def post(service: Service, body: bytes, content_type: str = FORM, query: str = "") -> Any:
    return service.client.generic(
        "POST",
        "/analytics",
        body,
        content_type=content_type,
        QUERY_STRING=query,
        HTTP_AUTHORIZATION=service.authorization,
    )


def test_parameters_come_by_a_form_too(cloud: Service) -> None:
    response = post(cloud, urlencode({"action": "lead", "title": "Стрижка", "text": "x"}).encode())
    assert json.loads(response.content)["status"] == "ok"
    assert (Deal.objects.get().title, Message.objects.get().text) == ("Стрижка", "x")


def test_a_form_and_a_query_are_read_as_one(cloud: Service) -> None:
    response = post(cloud, urlencode({"title": "Стрижка"}).encode(), query="action=lead")
    assert json.loads(response.content)["status"] == "ok"


def test_a_form_in_parts_is_read(cloud: Service) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="action"\r\n\r\nlead\r\n'
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + "Стрижка".encode() + b"\r\n--x--\r\n"
    )
    response = post(cloud, body, "multipart/form-data; boundary=x")
    assert json.loads(response.content)["status"] == "ok"
    assert Deal.objects.get().title == "Стрижка"


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300])
def test_a_form_that_cannot_be_read_has_no_parameters(cloud: Service, content_type: str) -> None:
    answer = json.loads(post(cloud, b"--x\r\n", content_type).content)
    assert answer["message"].startswith("Parameter action is missing")


def test_a_form_that_is_not_utf8_names_the_parameter(cloud: Service) -> None:
    answer = json.loads(post(cloud, b"action=lead&title=%D1").content)
    assert answer == {"status": "error", "message": "Parameter title is not valid UTF-8."}


def test_a_form_over_64_kib_is_refused(cloud: Service) -> None:
    assert post(cloud, b"action=lead&title=x&text=" + b"a" * 65_536).status_code == 414
    assert Deal.objects.count() == 0


def test_the_credentials_may_stand_in_the_form(cloud: Service) -> None:
    body = urlencode({"action": "lead", "title": "x", "user": "Cloud", "token": TOKEN}).encode()
    response = cloud.client.generic("POST", "/analytics", body, content_type=FORM)
    assert json.loads(response.content)["status"] == "ok"
    assert Deal.objects.get().extra == {}


def test_the_visit_is_also_named_roistat(cloud: Service) -> None:
    number = cloud.ask("lead", title="x", roistat="437272")["order_id"]
    deal = Deal.objects.get(pk=number)
    assert (deal.visit, deal.extra) == ("437272", {})
