from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from crm.models import Change, CustomField, Status
from crm.reports.changes import Teller, Told
from crm.services.clients import change_client
from crm.services.deals import change_deal, move_deal
from tests.factories import make_client, make_deal, make_field, make_user

pytestmark = pytest.mark.django_db


def tell_last() -> Told:
    change = Change.objects.order_by("-pk")[0]
    return Teller(Status.objects.in_bulk(), CustomField.objects.in_bulk()).tell([change])[change.pk]


def test_a_status_is_named() -> None:
    move_deal(deal=make_deal(), status=Status.objects.get(pk=2), by=None)

    assert tell_last() == Told("status", "Status", Status.objects.get(pk=1), Status.objects.get(pk=2))


def test_a_manager_is_named_and_nobody_is_none() -> None:
    manager = make_user(full_name="Иванова Марина")
    deal = change_deal(deal=make_deal(), by=None, manager=manager)
    assert tell_last() == Told("manager", "Manager", None, "Иванова Марина")

    change_deal(deal=deal, by=None, manager=None)
    assert tell_last() == Told("manager", "Manager", "Иванова Марина", None)


def test_a_client_is_named_by_what_there_is() -> None:
    client = make_client("", company="ООО «Прибой»")
    change_deal(deal=make_deal(), by=None, client=client)

    assert tell_last() == Told("client", "Client", None, "ООО «Прибой»")


def test_one_who_is_no_more_is_a_number() -> None:
    Change.objects.create(number=1, verb="changed", field="manager", old=404, new=None, via="web")

    assert tell_last().old == "#404"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("price", Decimal("1234.5")),
        ("cost", Decimal("0")),
        ("created_at", datetime(2025, 7, 12, 10, 35, tzinfo=UTC)),
        ("title", "Другое"),
        ("visit", "437272"),
    ],
)
def test_a_columns_value_has_its_type(column: str, value: Any) -> None:
    change_deal(deal=make_deal(), by=None, **{column: value})

    assert tell_last().new == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2026-07-12", date(2026, 7, 12)),
        ("date", "soon", "soon"),
        ("yes_no", "да", True),
        ("yes_no", "0", False),
        ("yes_no", "perhaps", "perhaps"),
        ("number", "12,5", "12,5"),
        ("text", "Невский", "Невский"),
    ],
)
def test_a_custom_value_has_the_type_of_its_field(kind: str, text: str, value: Any) -> None:
    field = make_field("Филиал", type=kind)
    change_deal(deal=make_deal(), by=None, values={field: text})

    assert tell_last() == Told(f"field:{field.pk}", "Филиал", None, value)


def test_a_field_that_is_no_more_and_a_column_nobody_knows_are_still_told() -> None:
    teller = Teller({}, {})

    assert teller.name("field:404") == "a field that is no more"
    assert teller.name("field:x") == "a field that is no more"
    assert teller.name("objects") == "Objects"


def test_a_clients_columns_and_contacts_have_their_names() -> None:
    change_client(client=make_client(), by=None, company="ООО «Прибой»")
    assert tell_last().label == "Company"

    with override("en"):
        assert Teller({}, {}).name("phone") == "Phone"
