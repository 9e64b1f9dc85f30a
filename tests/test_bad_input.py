"""Whatever is sent to the desk, it answers: every parameter of every address, with values that break naive readers."""

from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client as HttpClient
from django.urls import reverse
from django.utils.http import urlencode

from crm.forms.clients import ClientFieldForm
from crm.forms.deal_fields import COLUMNS, CUSTOM
from crm.middleware import MAX_QUERY_BYTES
from crm.models import CustomField, Role
from tests.factories import make_field, make_user
from tests.test_access import ADDRESSES, RULES, SECRET_PHONE, Shop, shop, status_of  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"

BAD: dict[str, str | bytes] = {
    "forty digits": "9" * 40,
    "more digits than Python reads": "9" * 4301,
    "negative": "-1",
    "exponent": "1e400",
    "not a number": "NaN",
    "a digit of no number": "²",
    "NUL": "a\0b",
    "no UTF-8": b"\xff\xfe",
    "the first minute": "0001-01-01T00:00",
    "the last day": "9999-12-31",
    "thousands of words": "a " * 20_000,
    "one long word": "x" * 60_000,
}
# Places in lists, which only addresses name.
PLACES: dict[str, str | bytes] = {
    "a moment beyond time": "99999999999999999-0-999999999999999999",
    "a zone beyond time": f"9999-12-31T23:59:59-23:59,{2**63 - 1}",
}
# What stands in the other fields, so that the bad one is all that can stop a form.
GOOD = {
    "title": "Окрашивание",
    "name": "Анна",
    "phone": "+7 923 410-29-94",
    "text": "Перезвонить",
    "day": "2026-12-31",
    "status": "1",
    "lost_reason": "дорого",
    "direction": "outgoing",
    "seen": "1000000000",
}
# What is sent without script too: a refused form is drawn within its whole page then, which takes long.
WITHOUT_SCRIPT = {"NUL", "one long word"}
OTHERS = {"deal_call": {"status": "ANSWER"}, "client_call": {"status": "ANSWER"}, "deal_move": {"status": "2"}}


@pytest.fixture
def web(shop: Shop) -> HttpClient:  # noqa: F811
    for kind in CustomField.Type.values:
        make_field(kind, type=kind)
    client = HttpClient(raise_request_exception=False)
    client.force_login(make_user(role=Role.ADMINISTRATOR))
    return client


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that views look up in what they were sent, if "sent" is among it."""
    names: set[str] = set()

    def noting(look_up: Any) -> Any:
        def noted(query: QueryDict, name: str, *rest: Any) -> Any:
            if dict.__contains__(query, "sent"):
                names.add(name)
            return look_up(query, name, *rest)

        return noted

    for method in ("__contains__", "__getitem__", "getlist"):
        monkeypatch.setattr(QueryDict, method, noting(getattr(QueryDict, method)))
    return names


def desk(which: str) -> list[str]:
    """The addresses of pages that are read, or written to."""
    return [name for name in ADDRESSES if getattr(RULES[name], which)]


def addresses(shop: Shop, name: str) -> list[str]:  # noqa: F811
    """An address with the numbers of records that are there, once for each field that it may name."""
    if name == "deal_field":
        fields = [*COLUMNS, *(f"{CUSTOM}{field.pk}" for field in CustomField.objects.all())]
        return [reverse(name, args=[shop.deal.pk, field]) for field in fields]
    if name == "client_field":
        return [reverse(name, args=[shop.client.pk, field]) for field in ClientFieldForm.Meta.fields]
    return [shop.url(name)]


@pytest.mark.parametrize("name", desk("reads"))
def test_every_page_answers(web: HttpClient, shop: Shop, asked: set[str], name: str) -> None:  # noqa: F811
    faults = []
    for address in addresses(shop, name):
        status_of(web.get(address, {"sent": "1"}))
        for what, bad in (BAD | PLACES).items():
            too_long = len(bad) * len(asked) > MAX_QUERY_BYTES * 0.9
            for names in ([name] for name in asked) if too_long else [asked]:
                query = urlencode(dict.fromkeys(names, bad))
                if (status := status_of(web.get(address, QUERY_STRING=query))) >= 500 or status == 414:
                    faults.append((address, names, what))

    assert faults == []


@pytest.mark.parametrize("name", desk("writes"))
def test_every_form_answers(web: HttpClient, shop: Shop, asked: set[str], name: str) -> None:  # noqa: F811
    faults = []
    good = GOOD | OTHERS.get(name, {}) | {"assignee": f"{shop.owner.pk}", "subject": f"{shop.deal.pk}"}
    for place, address in enumerate(addresses(shop, name)):
        asked.clear()
        web.post(address, urlencode({"sent": "1"}), FORM)
        # What was last seen is read alike, whichever field it is sent with.
        for field in sorted(asked - {"seen"} if place else asked):
            for what, bad in BAD.items():
                form = urlencode({name: good.get(name, "") for name in asked} | {field: bad})
                for headers in [{"HX-Request": "true"}, {}] if what in WITHOUT_SCRIPT else [{"HX-Request": "true"}]:
                    with transaction.atomic():  # each meets the same rows
                        if web.post(address, form, FORM, headers=headers).status_code >= 500:
                            faults.append((address, field, what))
                        transaction.set_rollback(True)

    assert faults == []


@pytest.mark.parametrize("number", ["9" * 40, "9" * 5000])
def test_there_is_no_record_of_such_a_number(web: HttpClient, number: str) -> None:
    for address in ("/deals/{}/", "/clients/{}/", "/tasks/{}/", "/calls/{}/attach/", "/board/{}/"):
        assert web.get(address.format(number)).status_code == 404


def test_there_is_no_field_and_no_line_of_such_a_number(web: HttpClient, shop: Shop) -> None:  # noqa: F811
    number = "9" * 5000
    assert web.get(f"/deals/{shop.deal.pk}/fields/field-{number}/").status_code == 404

    form = {"do": f"remove phone-{number}", "phone": SECRET_PHONE}
    assert web.post(f"/clients/{shop.client.pk}/contacts/", form).status_code < 500
    assert shop.client.contacts.count() == 1


def test_htmx_may_come_from_no_address(web: HttpClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}

    assert web.post("/board/add/", {"title": "Стрижка"}, headers=headers).status_code == 200
    assert HttpClient().get("/deals/", headers=headers).headers["HX-Redirect"] == "/login/?next=%2F"
