"""Deals: every write is a service's, so the order, the history and the stays stay right."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser

from crm.models import Change, Deal, FieldChoice, FieldValue, Status, StatusStay, User
from crm.services.deals import change_deal, trash_deal
from tests.admin.pages import errors, form_on, said, save
from tests.factories import make_client, make_deal, make_field, make_user

ADD = "/admin/crm/deal/add/"


def page(deal: Deal) -> str:
    return f"/admin/crm/deal/{deal.pk}/change/"


def history(deal: Deal) -> list[tuple[Any, ...]]:
    changes = Change.objects.filter(number=deal.pk).exclude(verb="created").order_by("pk")
    return list(changes.values_list("verb", "field", "old", "new", "via", "by__login"))


def act(office: Browser, action: str, *deals: Deal) -> Any:
    rows = [deal.pk for deal in deals]
    return office.post("/admin/crm/deal/", {"action": action, "_selected_action": rows, "index": 0})


def test_a_deal_is_added(office: Browser, administrator: User) -> None:
    client, manager, field = make_client(), make_user(), make_field("Филиал")

    save(
        office,
        ADD,
        title="Окрашивание",
        client=client.pk,
        manager=manager.pk,
        price="1500",
        visit="10081",
        **{f"field_{field.pk}": "Центр"},
    )

    deal = Deal.objects.get()
    assert (deal.title, deal.client, deal.manager, deal.price, deal.visit, deal.created_by) == (
        "Окрашивание",
        client,
        manager,
        Decimal(1500),
        "10081",
        administrator,
    )
    assert json.loads(deal.order_json)["fields"] == [{str(field.pk): "Центр"}]
    assert StatusStay.objects.get(deal=deal).status == Status.objects.first_open()
    assert Change.objects.get(number=deal.pk).via == Change.Via.ADMIN


def test_what_is_changed_is_written_by_the_service(office: Browser, administrator: User) -> None:
    deal = make_deal("Стрижка", price=Decimal(100))
    before = deal.changed_at

    save(office, page(deal), title="Окрашивание", price="200.5")

    deal.refresh_from_db()
    assert (deal.title, deal.price) == ("Окрашивание", Decimal("200.5"))
    assert json.loads(deal.order_json)["name"] == "Окрашивание"
    assert deal.changed_at > before
    assert history(deal) == [
        ("changed", "title", "Стрижка", "Окрашивание", "admin", "boss"),
        ("changed", "price", "100.000", "200.5", "admin", "boss"),
    ]


def test_saving_without_a_change_leaves_no_trace(office: Browser) -> None:
    text, number = make_field("Текст"), make_field("Число", type="number", position=91)
    deal = make_deal(
        client=make_client(),
        manager=make_user(),
        price=Decimal("1.5"),
        visit="1",
        values={text: "два  \nслова ", number: "много"},
        created_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    )
    before = Deal.objects.filter(pk=deal.pk).values().get()

    response = save(office, page(deal))

    assert response.status_code == 302
    assert Deal.objects.filter(pk=deal.pk).values().get() == before
    assert history(deal) == []


def test_a_deal_is_moved(office: Browser) -> None:
    deal, won = make_deal(), Status.objects.get(kind="won")

    save(office, page(deal), status=won.pk)

    deal.refresh_from_db()
    assert (deal.status, deal.closed_at is None) == (won, False)
    assert list(StatusStay.objects.filter(deal=deal, left_at=None).values_list("status")) == [(won.pk,)]
    assert [entry[:2] for entry in history(deal)] == [("moved", "status")]


def test_a_deal_is_lost_for_a_reason(office: Browser) -> None:
    deal, lost = make_deal(), Status.objects.get(kind="lost")

    response = save(office, page(deal), status=lost.pk)
    assert errors(response) == {"lost_reason": ["Say why the deal is lost."]}

    save(office, page(deal), status=lost.pk, lost_reason="Дорого")
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason) == (lost, "Дорого")


def test_only_a_lost_deal_has_a_reason(office: Browser) -> None:
    response = save(office, page(make_deal()), lost_reason="Дорого")

    assert errors(response) == {"lost_reason": ["Only a lost deal has a reason of loss."]}


def test_statuses_and_people_of_the_past_are_offered_to_nobody_else(office: Browser) -> None:
    gone, archived = make_user(is_active=False), Status.objects.get(pk=2)
    deal = make_deal(manager=gone, status=archived)
    Status.objects.filter(pk=2).update(is_archived=True)

    def offered(url: str, name: str) -> set[int]:
        form = office.get(url).context["adminform"].form
        return {row.pk for row in form.fields[name].queryset}

    assert gone.pk in offered(page(deal), "manager")
    assert gone.pk not in offered(ADD, "manager")
    assert offered(page(deal), "status") == {1, 2, 3, 4}
    assert offered(ADD, "status") == {1, 3, 4}


def test_a_merged_client_gets_no_deal(office: Browser) -> None:
    merged = make_client(merged_into=make_client())

    assert list(errors(save(office, ADD, title="Окрашивание", client=merged.pk))) == ["client"]


def test_the_second_person_is_told_what_the_first_changed(office: Browser, administrator: User) -> None:
    deal = make_deal("Стрижка", price=Decimal(100))
    seen = form_on(office.get(page(deal)))
    colleague = make_user(full_name="Петров Олег")
    change_deal(deal=deal, by=colleague, title="Укладка", price=Decimal(300))

    refused = office.post(page(deal), seen | {"title": "Окрашивание"})

    assert errors(refused) == {
        "title": ["Петров Олег has changed this meanwhile to “Укладка”. Save again to overwrite it."]
    }
    assert form_on(refused)["title"] == "Окрашивание"

    office.post(page(deal), form_on(refused))
    deal.refresh_from_db()
    assert (deal.title, deal.price) == ("Окрашивание", Decimal(300))


def test_what_others_changed_elsewhere_is_kept_without_a_word(office: Browser) -> None:
    deal = make_deal("Стрижка")
    seen = form_on(office.get(page(deal)))
    change_deal(deal=deal, by=None, visit="10081")

    response = office.post(page(deal), seen | {"title": "Окрашивание"})

    deal.refresh_from_db()
    assert (response.status_code, deal.title, deal.visit) == (302, "Окрашивание", "10081")


@pytest.mark.parametrize(
    ("kind", "entered", "kept"),
    [
        ("text", " Центр ", "Центр"),
        ("number", "1 200,5", "1 200,5"),
        ("date", "31.12.2026", "31.12.2026"),
        ("yes_no", "да", "да"),
        ("choice", "Север", "Север"),
        ("link", "https://example.com/a", "https://example.com/a"),
    ],
)
def test_a_custom_value_is_entered_by_its_type(office: Browser, kind: str, entered: str, kept: str) -> None:
    field, deal = make_field(type=kind), make_deal()
    FieldChoice.objects.create(field=field, label="Север")

    save(office, page(deal), **{f"field_{field.pk}": entered})

    assert FieldValue.objects.get(deal=deal).text == kept
    assert history(deal) == [("changed", f"field:{field.pk}", "", kept, "admin", "boss")]


@pytest.mark.parametrize(
    ("kind", "entered"),
    [("number", "много"), ("date", "завтра"), ("link", "javascript:alert(1)"), ("choice", "Юг"), ("yes_no", "maybe")],
)
def test_a_custom_value_that_is_none_is_refused(office: Browser, kind: str, entered: str) -> None:
    field, deal = make_field(type=kind), make_deal()

    response = save(office, page(deal), **{f"field_{field.pk}": entered})

    assert list(errors(response)) == [f"field_{field.pk}"]
    assert not FieldValue.objects.exists()


@pytest.mark.parametrize("kind", ["number", "date", "yes_no", "choice", "link"])
def test_what_cannot_be_read_is_shown_as_it_was_entered(office: Browser, kind: str) -> None:
    field = make_field(type=kind)
    deal = make_deal(values={field: "как-нибудь"})

    assert form_on(office.get(page(deal)))[f"field_{field.pk}"] == "как-нибудь"
    assert save(office, page(deal), title="Другое").status_code == 302
    assert FieldValue.objects.get(deal=deal).text == "как-нибудь"


def test_a_value_is_taken_away(office: Browser) -> None:
    field = make_field()
    deal = make_deal(values={field: "Центр"})

    save(office, page(deal), **{f"field_{field.pk}": ""})

    assert not FieldValue.objects.exists()


def test_archived_fields_are_hidden_and_keep_their_values(office: Browser) -> None:
    field = make_field(is_archived=True)
    deal = make_deal(values={field: "Центр"})

    assert f"field_{field.pk}" not in form_on(office.get(page(deal)))
    save(office, page(deal), title="Другое")
    assert FieldValue.objects.get(deal=deal).text == "Центр"


def test_a_required_field_is_asked_for(office: Browser) -> None:
    field = make_field(is_required=True)

    response = save(office, page(make_deal()), title="Другое")

    assert list(errors(response)) == [f"field_{field.pk}"]


def test_deals_go_to_the_trash_and_come_back(office: Browser) -> None:
    deal, other = make_deal(), make_deal()

    assert said(act(office, "trash", deal)) == "1 deal is in the trash now."
    deal.refresh_from_db()
    assert (deal.status.kind, json.loads(deal.order_json)["status"]) == ("deleted", "5")

    assert said(act(office, "restore", deal, other)) == "1 deal is restored."
    deal.refresh_from_db()
    assert deal.status == Status.objects.first_open()
    assert [entry[0] for entry in history(deal)] == ["trashed", "restored"]


def test_the_button_of_a_deal_moves_it_to_the_trash(office: Browser) -> None:
    deal = make_deal()

    question = office.get(f"/admin/crm/deal/{deal.pk}/delete/")
    answer = office.post(f"/admin/crm/deal/{deal.pk}/delete/", {"post": "yes"})

    assert "goes to the trash" in question.content.decode()
    assert said(answer) == "“Окрашивание” is in the trash now."
    assert Deal.objects.get().trashed_at is not None
    assert office.get(f"/admin/crm/deal/{deal.pk}/delete/").status_code == 403


def test_a_deal_in_the_trash_can_be_moved_out_by_its_status(office: Browser) -> None:
    deal = trash_deal(deal=make_deal(), by=None)

    save(office, page(deal), status=2)

    deal.refresh_from_db()
    assert (deal.status_id, deal.trashed_at, deal.status_before_trash) == (2, None, None)


def test_no_action_takes_all_pages_whatever_is_sent(office: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.admin.base.ACTION_ROWS", 2)
    for _ in range(3):
        make_deal()

    office.post("/admin/crm/deal/", {"action": "trash", "select_across": 1, "index": 0, "_selected_action": [1]})

    assert Deal.objects.in_trash().count() == 2


def test_the_history_of_a_deal_is_what_the_services_wrote(office: Browser) -> None:
    deal = make_deal()

    response = office.get(f"/admin/crm/deal/{deal.pk}/history/")

    assert response["Location"] == f"/admin/crm/change/?q=%23{deal.pk}"


def test_the_page_shows_what_the_analytics_service_sees(office: Browser) -> None:
    deal = make_deal(extra={"data": {"gclid": "x1"}})
    content = office.get(page(deal)).content.decode()

    assert "&quot;date_create&quot;" in content
    assert "data · gclid" in content


def test_the_filters_narrow_the_list(office: Browser) -> None:
    manager = make_user()
    his, won = make_deal(manager=manager), make_deal(status=Status.objects.get(kind="won"))

    def listed(query: str) -> list[Deal]:
        return list(office.get(f"/admin/crm/deal/?{query}").context["cl"].result_list)

    assert listed(f"manager={manager.pk}") == [his]
    assert listed("manager=none") == [won]
    assert listed("manager=nonsense") == [won, his]
    assert listed("status__id__exact=3") == [won]


@pytest.mark.parametrize("values", [1, 3, 10])
def test_the_page_of_a_deal_takes_as_many_queries_whatever_it_holds(
    office: Browser, django_assert_num_queries: Callable[..., Any], values: int
) -> None:
    fields = [make_field(f"Поле {number}", type="choice") for number in range(values)]
    deal = make_deal(client=make_client(), manager=make_user(), values=dict.fromkeys(fields, "Центр"))

    with django_assert_num_queries(11):
        office.get(page(deal))


@pytest.mark.parametrize("path", ["999999999", "9" * 40, "abc"])
def test_a_deal_that_is_not_there_is_said_to_be_missing(office: Browser, path: str) -> None:
    response = office.get(f"/admin/crm/deal/{path}/change/")

    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_the_administration_keeps_its_own_log(office: Browser, administrator: User) -> None:
    deal = make_deal()

    save(office, page(deal), title="Другое")

    assert list(LogEntry.objects.values_list("user", "object_id", "action_flag")) == [
        (administrator.pk, str(deal.pk), 2)
    ]
