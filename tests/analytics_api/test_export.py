"""`export` and `export_clients`: what an order and a client show, and since when (PROTOCOL.md, section 2)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from crm.models import Change, Client, CustomField, Deal, Status, User
from crm.services.clients import Visitor, complete_client
from crm.services.deals import change_deal, move_deal, trash_deal
from crm.services.people import change_user
from tests.analytics_api.asking import Service
from tests.factories import make_client, make_deal, make_field, make_integration, make_status, make_user

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def only_order(service: Service) -> dict[str, Any]:
    [order] = service.ask("export")["orders"]
    return dict(order)


def test_the_keys_of_the_answer_stand_in_the_contracts_order(service: Service) -> None:
    make_deal()
    assert list(service.ask("export")) == ["statuses", "fields", "managers", "pagination", "orders"]


def test_an_order_shows_all_that_a_deal_holds(service: Service) -> None:
    manager, client = make_user(), make_client()
    source, campaign = CustomField.objects.get(pk=2), CustomField.objects.get(pk=5)
    deal = make_deal(
        "Окрашивание",
        client=client,
        manager=manager,
        price=Decimal("1500"),
        cost=Decimal("123.123"),
        visit="437272",
        created_at=NOON,
        values={campaign: "july", source: "yandex"},
    )
    order = only_order(service)
    assert order == {
        "id": str(deal.pk),
        "name": "Окрашивание",
        "date_create": "1782907200",
        "status": "1",
        "price": "1500.00",
        "cost": {"value": 123.123, "currency": "RUB"},
        "visit": "437272",
        "client_id": str(client.pk),
        "manager_id": str(manager.pk),
        "fields": [{"2": "yandex"}, {"5": "july"}],
    }
    assert list(order) == [
        "id", "name", "date_create", "status", "price", "cost", "visit", "client_id", "manager_id", "fields"
    ]  # fmt: skip


def test_what_is_empty_is_left_out_of_an_order(service: Service) -> None:
    deal = make_deal("Звонки", created_at=NOON)
    assert only_order(service) == {"id": str(deal.pk), "name": "Звонки", "date_create": "1782907200", "status": "1"}


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        ("0", "0.00"),
        ("1500", "1500.00"),
        ("123.123", "123.123"),
        ("0.5", "0.50"),
        ("999999999999.999", "999999999999.999"),
    ],
)
def test_a_price_has_two_decimals_and_a_third_only_if_it_is_not_zero(service: Service, price: str, shown: str) -> None:
    make_deal(price=Decimal(price))
    assert only_order(service)["price"] == shown


def test_the_installations_currency_stands_in_every_order(service: Service, settings: Settings) -> None:
    make_deal(cost=Decimal(10))
    settings.CURRENCY = "KZT"  # the order kept with the deal was written before
    assert only_order(service)["cost"] == {"value": 10.0, "currency": "KZT"}


def test_fields_of_an_order_stand_in_the_order_that_administrators_set(service: Service) -> None:
    source, medium = CustomField.objects.get(pk=2), CustomField.objects.get(pk=4)
    make_deal(values={source: "yandex", medium: "cpc"})
    assert only_order(service)["fields"] == [{"2": "yandex"}, {"4": "cpc"}]
    CustomField.objects.filter(pk=4).update(position=0)
    assert [field["id"] for field in service.ask("export")["fields"]] == ["4", "1", "2", "3", "5"]
    assert only_order(service)["fields"] == [{"4": "cpc"}, {"2": "yandex"}]


def test_archived_statuses_fields_and_people_who_left_stay_in_the_scheme(service: Service) -> None:
    left = make_user(is_active=False, role="administrator")
    make_user(role="administrator", login="boss", full_name="Boss")
    used_to_manage = change_user(user=make_user(), role="observer")
    make_user(role="observer")
    status, field = make_status(is_archived=True), make_field(is_archived=True)
    scheme = service.ask("import_scheme")
    assert scheme["statuses"][-1] == {"id": str(status.pk), "name": status.name}
    assert scheme["fields"][-1] == {"id": str(field.pk), "name": field.name}
    assert scheme["managers"] == [
        {"id": str(left.pk), "name": left.full_name},
        {"id": str(User.objects.get(login="boss").pk), "name": "Boss"},
        {"id": str(used_to_manage.pk), "name": used_to_manage.full_name},
    ]


def test_accounts_of_services_are_no_managers(service: Service) -> None:
    assert service.ask("import_scheme")["managers"] == []


def test_a_deal_in_the_trash_is_exported_with_the_status_of_the_deleted(service: Service) -> None:
    trash_deal(deal=make_deal(), by=None)
    assert only_order(service)["status"] == "5"


def since(service: Service, moment: datetime) -> list[str]:
    return [order["id"] for order in service.ask("export", date=int(moment.timestamp()))["orders"]]


def test_a_date_shows_deals_that_arrived_or_changed_since(service: Service) -> None:
    old = make_deal("old", at=NOON - timedelta(days=9))
    changed = make_deal("changed", at=NOON - timedelta(days=9))
    change_deal(deal=changed, by=None, at=NOON, price=Decimal(1))
    new = make_deal("new", at=NOON)
    assert since(service, NOON) == [str(changed.pk), str(new.pk)]
    assert since(service, NOON - timedelta(days=10)) == [str(old.pk), str(changed.pk), str(new.pk)]


def test_a_lead_of_last_year_counts_as_changed_when_it_arrives(service: Service) -> None:
    deal = make_deal(at=NOON, created_at=NOON - timedelta(days=365))
    assert since(service, NOON) == [str(deal.pk)]


@pytest.mark.parametrize(
    "columns",
    [
        {"title": "Other"},
        {"price": Decimal(2)},
        {"cost": Decimal(2)},
        {"visit": "2"},
        {"created_at": NOON - timedelta(days=2)},
        {"values": {2: "google"}},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_each_thing_that_an_order_shows_counts_as_a_change(service: Service, columns: dict[str, Any]) -> None:
    deal = make_deal(at=NOON - timedelta(days=9), values={CustomField.objects.get(pk=2): "yandex"})
    if "values" in columns:
        columns = {"values": {CustomField.objects.get(pk=2): "google"}}
    change_deal(deal=deal, by=None, at=NOON, **columns)
    assert since(service, NOON) == [str(deal.pk)]


def test_status_manager_and_client_count_as_changes(service: Service) -> None:
    deals = [make_deal(at=NOON - timedelta(days=9)) for _ in range(3)]
    move_deal(deal=deals[0], status=Status.objects.get(pk=2), by=None, at=NOON)
    change_deal(deal=deals[1], manager=make_user(), by=None, at=NOON)
    change_deal(deal=deals[2], client=make_client(), by=None, at=NOON)
    assert since(service, NOON) == [str(deal.pk) for deal in deals]


def test_what_an_order_does_not_show_is_no_change(service: Service) -> None:
    client = make_client("", phone="88007000000")
    deal = make_deal(at=NOON - timedelta(days=9), client=client)
    change_deal(deal=deal, lost_reason="дорого", by=None, at=NOON)
    change_deal(deal=deal, price=None, by=None, at=NOON)
    complete_client(client=client, visitor=Visitor(name="Анна"), by=None, via=Change.Via.SYSTEM, at=NOON)
    assert since(service, NOON) == []


def test_a_write_that_commits_just_after_the_pull_it_was_stamped_before_is_in_the_next(service: Service) -> None:
    """Stamped at noon, pulled two seconds later, committed then: the next pull asks since that pull."""
    assert since(service, NOON) == []
    deal = make_deal(at=NOON)
    assert since(service, NOON + timedelta(seconds=2)) == [str(deal.pk)]
    assert since(service, NOON + timedelta(seconds=6)) == []


@pytest.mark.parametrize("action", ["export", "export_clients"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("offset", "-1"), ("offset", "1.0"), ("offset", "1e3"), ("offset", "١٢"), ("offset", "１２"), ("offset", "x"),
        ("limit", "0"), ("limit", "-1"), ("limit", "0x10"), ("limit", "ten"), ("limit", "1 0"),
        ("date", "yesterday"), ("date", "2026-07-01"), ("date", "-5"), ("date", "1.5"), ("date", "4133980800"),
        ("date", "9" * 40),
    ],
)  # fmt: skip
def test_a_parameter_that_is_no_number_is_named(service: Service, action: str, name: str, text: str) -> None:
    assert service.refusal(action, **{name: text}).startswith(f"Parameter {name} must be ")


@pytest.mark.parametrize(
    ("limit", "served"),
    [("", "1000"), ("1", "1"), ("10000", "10000"), ("10001", "10000"), ("9" * 40, "10000"), ("0007", "7")],
)
def test_a_limit_is_served_up_to_10000_and_says_so(service: Service, limit: str, served: str) -> None:
    assert service.ask("export", limit=limit)["pagination"] == {"total_count": "0", "limit": served}


def test_an_offset_behind_the_end_is_an_empty_page(service: Service) -> None:
    make_deal()
    for offset in ("1", "1000", "9" * 40):
        answer = service.ask("export", offset=offset)
        assert (answer["orders"], answer["pagination"]["total_count"]) == ([], "1")


def test_a_client_shows_his_first_phone_and_email_as_entered(service: Service) -> None:
    client = make_client("Анна", phone="8 (800) 700-00-00", email="Anna@Mail.ru")
    complete_client(client=client, visitor=Visitor(phone="+7 923 410-29-94", email="b@mail.ru"), by=None)
    make_deal(client=client)
    make_client("Без сделок")
    unknown = make_client("", phone="5")
    make_deal(client=unknown)
    assert service.ask("export_clients")["clients"] == [
        {"id": str(client.pk), "name": "Анна", "phone": "8 (800) 700-00-00", "email": "Anna@Mail.ru"},
        {"id": str(unknown.pk), "name": "", "phone": "5", "email": ""},
    ]


def test_a_date_shows_clients_who_changed_or_whose_deal_did(service: Service) -> None:
    before = NOON - timedelta(days=9)
    clients = [make_client(str(number)) for number in range(4)]
    deals = [make_deal(client=client, at=before) for client in clients[:3]]
    Client.objects.update(changed_at=before)
    change_deal(deal=deals[0], price=Decimal(1), by=None, at=NOON)
    complete_client(client=clients[1], visitor=Visitor(phone="88007000000"), by=None, at=NOON)
    complete_client(client=clients[3], visitor=Visitor(phone="88007000000"), by=None, at=NOON)  # has no deal
    answer = service.ask("export_clients", date=int(NOON.timestamp()))
    assert [client["id"] for client in answer["clients"]] == [str(client.pk) for client in clients[:2]]


@pytest.fixture
def roistat(db: None) -> Service:
    make_integration("cloud", dialect="roistat")
    return Service("cloud")


def test_the_roistat_dialect_adds_its_names_and_has_numbers_in_pagination(roistat: Service) -> None:
    deal = make_deal("Звонки", visit="437272", created_at=NOON, at=NOON + timedelta(hours=1))
    bare = make_deal("Без визита", created_at=NOON, at=NOON + timedelta(hours=2))
    answer = roistat.ask("export")
    assert answer["pagination"] == {"total_count": 2, "limit": 1000}
    common = {"date_create": "1782907200", "status": "1"}
    assert answer["orders"] == [
        {
            "id": str(deal.pk),
            "name": "Звонки",
            **common,
            "visit": "437272",
            "roistat": "437272",
            "date_update": "1782910800",
        },
        {"id": str(bare.pk), "name": "Без визита", **common, "date_update": "1782914400"},
    ]
    assert roistat.ask("export_clients")["pagination"] == {"total_count": 0, "limit": 1000}


def test_the_kept_order_is_served_unless_it_is_of_another_scheme(service: Service) -> None:
    deal = make_deal("Звонки", created_at=NOON)
    Deal.objects.update(order_json='{"id":"kept"}')
    assert only_order(service) == {"id": "kept"}
    Deal.objects.update(order_scheme=0)
    assert only_order(service) == {"id": str(deal.pk), "name": "Звонки", "date_create": "1782907200", "status": "1"}


def test_a_new_field_leaves_the_kept_orders_true(service: Service) -> None:
    make_deal()
    Deal.objects.update(order_json='{"id":"kept"}')
    make_field()
    assert only_order(service) == {"id": "kept"}


def test_users_are_not_exported_by_their_login_when_they_have_a_name(service: Service) -> None:
    named, unnamed = make_user(full_name="Иванова"), make_user(login="petrov", full_name="")
    assert service.ask("import_scheme")["managers"] == [
        {"id": str(named.pk), "name": "Иванова"},
        {"id": str(unnamed.pk), "name": "petrov"},
    ]
    assert User.objects.count() == 3
