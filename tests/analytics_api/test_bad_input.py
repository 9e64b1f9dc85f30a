"""Every parameter of every action, with whatever may come: never a 500, never half a write, and the error names the
parameter."""

import json
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Call, Change, Client, Deal, Message, Task
from tests.analytics_api.asking import Service
from tests.factories import make_deal

PARAMETERS = {
    "import_scheme": [],
    "export_clients": ["offset", "limit", "date"],
    "export": ["date", "offset", "limit"],
    "lead": ["title", "data", "manager_id", "email", "name", "phone", "text", "created_date", "visit", "id"],
    "message": ["leadId", "title", "message"],
    "task": ["element_id", "deadline", "text"],
    "call": [
        "id", "callee", "caller", "date", "visit", "marker", "status", "order_id", "duration", "file_url",
    ],
}  # fmt: skip

EVERY_PARAMETER = [(action, name) for action, names in PARAMETERS.items() for name in names]

NASTY = {
    "nothing": "",
    "blanks": "%20%09%0A",
    "NUL": "%00",
    "control characters": "%01%1B%7F%C2%85x",
    "broken UTF-8": "%D0x%FF",
    "half a letter": "%D0",
    "an encoded surrogate": "%ED%A0%80",
    "cp1251": quote_from_bytes("Стрижка".encode("cp1251")),
    "a minus": "-1",
    "a plus": "%2B1",
    "an exponent": "1e400",
    "full-width digits": quote("１２３"),
    "40 digits": "9" * 40,
    "5,000 digits": "9" * 5000,
    "a fraction": "1.5",
    "NaN": "NaN",
    "JSON of another shape": quote('[{"1": 2}]'),
    "JSON 10,000 levels deep": "[" * 10_000,
    "objects 5,000 levels deep": quote('{"1":' * 5_000),
    "a script": quote("<script>alert(1)</script>"),
    "a quote of SQL": quote("' OR 1=1 --"),
    "a format": "%25s%25(name)s%7B0%7D",
    "right to left": quote("\u202egnp.exe"),
    "an emoji": quote("🚀"),
    "a lone percent": "%",
    "a wrong escape": "%zz",
}

# What makes the rest of a request right, so that the one value decides.
REST = {
    "lead": {"title": "Стрижка", "phone": "88007000000"},
    "message": {"message": "x"},
    "task": {"text": "x", "deadline": "2026-07-01T12:00"},
    "call": {"id": "1"},
}


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Call, Change, Client, Deal, Message, Task)}


def query_of(action: str, name: str, raw: str, deal: Deal) -> str:
    rest = dict(REST.get(action, {})) | {"message": {"leadId": deal.pk}, "task": {"element_id": deal.pk}}.get(
        action, {}
    )
    rest.pop(name, None)
    return f"action={action}&{urlencode(rest)}&{name}={raw}"


@pytest.mark.parametrize(("action", "name"), EVERY_PARAMETER)
@pytest.mark.parametrize("case", NASTY)
def test_a_nasty_value_is_taken_whole_or_refused_by_name(service: Service, action: str, name: str, case: str) -> None:
    deal = make_deal()
    before = rows()
    answer = service.answer(query_of(action, name, NASTY[case], deal))
    if answer.get("status") == "error":
        assert name in answer["message"]
        assert rows() == before
    elif action in REST:
        number = next(value for key, value in answer.items() if key.endswith("_id"))
        assert Change.objects.filter(number=number, verb="created").count() == 1


@pytest.mark.parametrize(("action", "name"), EVERY_PARAMETER)
def test_64_kb_are_taken_whole_or_refused_by_name(service: Service, action: str, name: str) -> None:
    deal = make_deal()
    before = rows()
    answer = service.answer(query_of(action, name, "7" * 65_000, deal))
    if answer.get("status") == "error":
        assert name in answer["message"]
        assert rows() == before
    elif action == "lead":
        deal = Deal.objects.get(pk=answer["order_id"])
        kept = json.dumps(deal.extra) + "".join(message.text for message in deal.messages.all())
        assert "7" * 65_000 in kept


@pytest.mark.parametrize(("action", "name"), EVERY_PARAMETER)
def test_the_same_parameter_twice_loses_nothing_or_is_refused_by_name(
    service: Service, action: str, name: str
) -> None:
    deal = make_deal()
    before = rows()
    answer = service.answer(query_of(action, name, f"one&{name}=two", deal))
    if action in ("lead", "call") and answer["status"] == "ok":
        row = Deal.objects.get(pk=answer["order_id"]) if action == "lead" else Call.objects.get(pk=answer["call_id"])
        kept = row.extra["parameters"] if isinstance(row, Deal) else row.unread
        assert kept[name].splitlines()[-1] == "two"
    else:
        assert answer["status"] == "error"
        assert name in answer["message"]
        assert rows() == before


anything = st.one_of(
    st.text(max_size=300),
    st.binary(max_size=300),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ).map(json.dumps),
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    action = draw(st.sampled_from(list(PARAMETERS)))
    known = PARAMETERS[action] or ["x"]
    names = draw(st.lists(st.sampled_from(known), max_size=12))
    pairs = [("action", action)] + [(name, draw(anything)) for name in names]
    return "&".join(
        f"{name}={quote(value) if isinstance(value, str) else quote_from_bytes(value)}" for name, value in pairs
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(query=queries())
def test_any_request_is_answered_with_200_and_json_and_an_error_writes_nothing(service: Service, query: str) -> None:
    with transaction.atomic():
        before = rows()
        answer = service.answer(query)
        if answer.get("status") == "error":
            assert answer["message"]
            assert rows() == before
        transaction.set_rollback(True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.binary(max_size=500))
def test_any_bytes_are_answered_in_json(service: Service, query: bytes) -> None:
    assert service.answer(query)["status"] == "error"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=255).filter(str.strip),
    value=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip),
)
def test_a_lead_is_exported_with_the_texts_it_came_with(service: Service, title: str, value: str) -> None:
    with transaction.atomic():
        number = service.ask("lead", title=title, data=json.dumps({"1": value}))["order_id"]
        [order] = [order for order in service.ask("export")["orders"] if order["id"] == number]
        assert (order["name"], order["fields"]) == (title.strip(), [{"1": value.strip()}])
        transaction.set_rollback(True)
