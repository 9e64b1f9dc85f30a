"""The page of a deal: what it shows, what is written on it, and who may."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.days import day_ends, today
from crm.models import Call, Change, Client, CustomField, Deal, FieldValue, Message, Role, Status, Task, User
from crm.services.deals import change_deal, move_deal, trash_deal
from crm.services.history import last_change
from tests.factories import make_call, make_client, make_deal, make_field, make_message, make_task, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


@pytest.fixture
def deal(marina: User) -> Deal:
    return make_deal(client=make_client("Фролова Наталья", phone="+7 923 410-29-94"), manager=marina, price=44_000)


def address(deal: Deal, name: str = "deal", *args: object) -> str:
    return reverse(name, args=[deal.pk, *args])


def save(web: Browser, deal: Deal, name: str, value: str, *, seen: int | None = None, choice: str = "") -> Any:
    data = {"value": value, "seen": str(last_change(deal.pk) if seen is None else seen), "value-choice": choice}
    return web.post(address(deal, "deal_field", name), data)


# --- What is shown ---


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_page_takes_fifteen_queries_at_most(
    web: Browser, deal: Deal, marina: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = make_field()
    other = make_client("Анна")
    for number in range(rows):
        make_message(deal, by=marina)
        make_task(deal, assignee=marina)
        make_call(deal=deal, marker=f"marker {number}", manager=marina, account=marina)
        make_deal(client=deal.client, status=Status.objects.get(pk=3), price=100)
        change_deal(
            deal=deal, by=marina, price=number, manager=make_user(), visit=f"{number}", values={field: f"{number}"}
        )
    change_deal(deal=deal, by=marina, client=other)
    change_deal(deal=deal, by=marina, client=deal.client)
    web.get(address(deal))

    with django_assert_num_queries(15):
        response = web.get(address(deal))

    assert response.status_code == 200


def test_the_steps_say_how_long_the_deal_was_in_each(web: Browser, marina: User) -> None:
    now = timezone.now()
    deal = make_deal(at=now - timedelta(days=7))
    move_deal(deal=deal, status=Status.objects.get(pk=2), by=marina, at=now - timedelta(days=5))
    move_deal(deal=deal, status=Status.objects.get(pk=1), by=marina, at=now - timedelta(days=4))
    move_deal(deal=deal, status=Status.objects.get(pk=2), by=marina, at=now - timedelta(days=3))
    steps = web.get(address(deal)).context["steps"]

    assert [(step.status.pk, step.days, step.is_now) for step in steps] == [
        (1, 3, False),
        (2, 4, True),
        (3, None, False),
    ]


def test_of_the_lost_statuses_only_the_one_it_is_in_is_a_step(web: Browser, deal: Deal) -> None:
    move_deal(deal=deal, status=Status.objects.get(pk=4), lost_reason="Дорого", by=None)
    context = web.get(address(deal)).context

    assert [step.status.pk for step in context["steps"]] == [1, 2, 3, 4]
    assert context["endings"] == {"won": [Status.objects.get(pk=3)], "lost": []}
    assert [slot.name for slot in context["slots"]][-1] == "lost_reason"


def test_an_archived_status_is_offered_to_no_deal(web: Browser, deal: Deal) -> None:
    Status.objects.filter(pk__in=[3, 4]).update(is_archived=True)
    context = web.get(address(deal)).context

    assert [step.status.pk for step in context["steps"]] == [1, 2]
    assert context["endings"] == {"won": [], "lost": []}


@pytest.mark.parametrize(
    ("price", "cost", "profit"),
    [
        ("48000", "21500.5", (Decimal("26499.5"), 55)),
        ("100", "150", (Decimal(-50), -50)),
        ("0", "5", (Decimal(-5), None)),
        ("100", None, None),
        (None, "100", None),
    ],
)
def test_profit_is_known_where_price_and_cost_are(
    web: Browser, price: str | None, cost: str | None, profit: tuple[Decimal, int | None] | None
) -> None:
    deal = make_deal(price=price and Decimal(price), cost=cost and Decimal(cost))

    assert web.get(address(deal)).context["profit"] == profit


def test_the_clients_other_deals_are_listed_and_summed(web: Browser, deal: Deal) -> None:
    won = [make_deal(client=deal.client, status=Status.objects.get(pk=3), price=price) for price in (100, 250)]
    trash_deal(deal=make_deal(client=deal.client, status=Status.objects.get(pk=3), price=999), by=None)
    others = web.get(address(deal)).context["others"]

    assert (others.rows, others.count, others.won) == (won[::-1], 3, Decimal(350))


def test_other_deals_that_one_does_not_see_are_not_even_counted(web: Browser, deal: Deal, marina: User) -> None:
    User.objects.filter(pk=marina.pk).update(own_only=True)
    make_deal(client=deal.client, manager=make_user(), status=Status.objects.get(pk=3), price=999)
    others = web.get(address(deal)).context["others"]

    assert (others.rows, others.count, others.won) == ([], 1, Decimal(0))


def test_source_fields_stand_apart_and_an_archived_or_hidden_one_nowhere(web: Browser, deal: Deal) -> None:
    shown = make_field("Филиал")
    make_field("Старое", is_archived=True)
    make_field("Тайное", on_card=False)
    make_field("utm_term")
    context = web.get(address(deal)).context

    assert [slot.label for slot in context["source_slots"]] == [
        "Visit",
        "referrer",
        "source",
        "utmSource",
        "utmMedium",
        "utmCampaign",
        "utm_term",
    ]
    assert [slot.name for slot in context["slots"]] == ["price", "cost", "manager", "created_at", f"field-{shown.pk}"]


def test_the_source_tells_the_markers_of_calls_and_who_set_what(web: Browser, deal: Deal, marina: User) -> None:
    field = CustomField.objects.get(pk=2)
    now = timezone.now()
    for marker, hours in (("old", 2), ("new", 1), ("old", 3), ("", 0)):
        make_call(deal=deal, marker=marker, started_at=now - timedelta(hours=hours))
    make_call(marker="elsewhere")
    change_deal(deal=deal, by=make_user(), visit="1", at=now)
    change_deal(deal=deal, by=marina, visit="2", values={field: "google"}, price=5, at=now + timedelta(seconds=1))
    facts = web.get(address(deal)).context["facts"]

    assert facts.markers == ["new", "old"]
    assert sorted((setter.label, setter.by) for setter in facts.setters) == [
        ("Visit", "Иванова Марина"),
        ("source", "Иванова Марина"),
    ]


def test_what_the_lead_brought_and_no_field_took_is_shown(web: Browser) -> None:
    deal = make_deal(extra={"data": {"quiz": "Да", "items": "два"}, "parameters": {"created_date": "вчера"}})
    context = web.get(address(deal)).context

    assert context["kept_aside"] == [("quiz", "Да"), ("items", "два"), ("created_date", "вчера")]


def test_what_roistat_sees_is_the_kept_order_with_its_meanings(web: Browser, deal: Deal) -> None:
    change_deal(deal=deal, by=None, cost=Decimal("1.5"), values={CustomField.objects.get(pk=2): "google"})
    order = web.get(address(deal)).context["order"]
    deal.refresh_from_db()

    assert json.loads(order["text"]) == json.loads(deal.order_json)
    assert [(line.key, line.value, line.meaning) for line in order["lines"]] == [
        ("id", str(deal.pk), None),
        ("name", "Окрашивание", None),
        ("date_create", str(int(deal.created_at.timestamp())), deal.created_at),
        ("status", "1", deal.status),
        ("price", "44000.00", Decimal(44_000)),
        ("cost", "1.5 RUB", Decimal("1.5")),
        ("client_id", str(deal.client_id), deal.client),
        ("manager_id", str(deal.manager_id), deal.manager),
        ("fields · 2", "google", "source"),
    ]


def test_an_order_kept_before_the_fields_were_rearranged_is_shown_as_the_export_builds_it(web: Browser) -> None:
    first, second = CustomField.objects.get(pk=1), CustomField.objects.get(pk=2)
    deal = make_deal(values={first: "a", second: "b"})
    CustomField.objects.filter(pk=1).update(position=9)
    order = web.get(address(deal)).context["order"]

    assert json.loads(order["text"])["fields"] == [{"2": "b"}, {"1": "a"}]


def test_a_timeline_filter_and_page_are_in_the_address(web: Browser, deal: Deal) -> None:
    make_message(deal)
    timeline = web.get(address(deal), {"kind": "comments", "before": "nonsense"}).context["timeline"]

    assert [event.kind for day in timeline.days for event in day.events] == ["comments"]


# --- Who may ---


def test_a_deal_of_another_does_not_exist_for_who_sees_only_own(web: Browser, marina: User) -> None:
    User.objects.filter(pk=marina.pk).update(own_only=True)
    hidden = make_deal(manager=make_user())

    assert web.get(address(hidden)).status_code == 404
    assert save(web, hidden, "price", "1").status_code == 404
    for name in ("deal_comment", "deal_task", "deal_call", "deal_trash", "deal_restore"):
        assert web.post(address(hidden, name), {"text": "x"}).status_code == 404
    assert Change.objects.filter(number=hidden.pk).count() == 1


def test_an_observer_reads_and_writes_nothing(web: Browser, marina: User, deal: Deal) -> None:
    User.objects.filter(pk=marina.pk).update(role=Role.OBSERVER)
    response = web.get(address(deal))

    assert response.context["can_write"] is False
    assert b"<textarea" not in response.content
    assert web.get(address(deal, "deal_field", "price")).status_code == 403
    assert save(web, deal, "price", "1").status_code == 403
    for name in ("deal_comment", "deal_task", "deal_call", "deal_trash", "deal_restore"):
        assert web.post(address(deal, name), {"text": "x"}).status_code == 403
    assert (Message.objects.count(), Task.objects.count(), Change.objects.filter(number=deal.pk).count()) == (0, 0, 1)


def test_a_deal_that_is_not_there_is_not_found(web: Browser) -> None:
    assert web.get("/deals/404/").status_code == 404
    assert web.get(f"/deals/{10**30}/").status_code == 404
    assert web.get(f"/deals/{10**30}/fields/price/").status_code == 404


# --- Fields ---


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("title", "Свадебный образ", "Свадебный образ"),
        ("price", "48 000,50", Decimal("48000.5")),
        ("price", "", None),
        ("cost", "0", Decimal(0)),
        ("visit", "437272", "437272"),
        ("visit", "", ""),
        ("manager", "", None),
        ("client", "", None),
    ],
)
def test_a_column_is_saved_alone(web: Browser, deal: Deal, name: str, typed: str, kept: object) -> None:
    change_deal(deal=deal, by=None, visit="1")
    response = save(web, deal, name, typed)
    deal.refresh_from_db()

    assert (response.status_code, response["Location"]) == (302, address(deal))
    assert getattr(deal, name) == kept
    assert Change.objects.filter(number=deal.pk, by__login="marina").values_list("field", "via").get() == (name, "web")


@pytest.mark.parametrize(
    ("name", "typed", "error"),
    [
        ("title", " ", "This field is required."),
        ("title", "т" * 256, "Ensure this value has at most 255 characters (it has 256)."),
        ("price", "a lot", "Enter a number."),
        ("price", "-1", "Ensure this value is greater than or equal to 0."),
        ("created_at", "yesterday", "Enter a valid date/time."),
        ("manager", "404", "Select a valid choice. That choice is not one of the available choices."),
        ("client", "никого", "Nobody is known by that."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(web: Browser, deal: Deal, name: str, typed: str, error: str) -> None:
    response = save(web, deal, name, typed)

    assert response.status_code == 422
    assert response.context["opened"].form.errors == {"value": [error]}
    assert Change.objects.filter(number=deal.pk).count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "Невский, 20", "Невский, 20"),
        ("number", "1 234,5", "1 234,5"),
        ("date", "2026-12-18", "2026-12-18"),
        ("yes_no", "1", "да"),
        ("yes_no", "0", "нет"),
        ("choice", "Невский", "Невский"),
        ("link", "https://example.ru/", "https://example.ru/"),
    ],
)
def test_a_custom_field_is_saved_by_its_type(web: Browser, deal: Deal, kind: str, typed: str, kept: str) -> None:
    field = make_field(type=kind)
    field.choices.create(label="Невский")
    save(web, deal, f"field-{field.pk}", typed)
    value = FieldValue.objects.get()

    assert value.text == kept
    assert (value.number is not None, value.date is not None) == (kind in ("number", "yes_no"), kind == "date")


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        ("number", "много", "Write a number."),
        ("date", "завтра", "Enter a valid date."),
        ("choice", "Лиговский", "Select a valid choice. Лиговский is not one of the available choices."),
        ("link", "javascript:alert(1)", "Enter a valid URL."),
    ],
)
def test_a_value_of_another_type_is_refused(web: Browser, deal: Deal, kind: str, typed: str, error: str) -> None:
    field = make_field(type=kind)
    response = save(web, deal, f"field-{field.pk}", typed)

    assert response.context["opened"].form.errors == {"value": [error]}
    assert not FieldValue.objects.exists()


def test_a_required_field_is_not_emptied_and_any_other_is(web: Browser) -> None:
    field = make_field()
    deal = make_deal(values={field: "Невский"})
    CustomField.objects.filter(pk=field.pk).update(is_required=True)
    assert save(web, deal, f"field-{field.pk}", "").status_code == 422

    CustomField.objects.filter(pk=field.pk).update(is_required=False)
    assert save(web, deal, f"field-{field.pk}", "").status_code == 302
    assert not FieldValue.objects.exists()


def test_a_value_as_the_lead_brought_it_stays_until_another_is_typed(web: Browser) -> None:
    field = make_field(type="date")
    deal = make_deal(values={field: "18.12.2026"})
    save(web, deal, f"field-{field.pk}", "2026-12-18")

    assert FieldValue.objects.get().text == "18.12.2026"


def test_a_choice_that_is_offered_no_more_can_be_kept(web: Browser) -> None:
    field = make_field(type="choice")
    deal = make_deal(values={field: "Старый"})

    assert save(web, deal, f"field-{field.pk}", "Старый").status_code == 302
    assert FieldValue.objects.get().text == "Старый"


def test_the_moment_of_creation_keeps_its_seconds_unless_changed(web: Browser) -> None:
    deal = make_deal(created_at=timezone.now().replace(second=30))
    local = timezone.localtime(deal.created_at)
    save(web, deal, "created_at", f"{local:%Y-%m-%dT%H:%M}")
    assert Deal.objects.get(pk=deal.pk).created_at == deal.created_at

    save(web, deal, "created_at", "2025-07-12T10:35")
    assert timezone.localtime(Deal.objects.get(pk=deal.pk).created_at).isoformat() == "2025-07-12T10:35:00+03:00"


@pytest.mark.parametrize("name", ["order_json", "status", "extra", "field-404", "field-x", f"field-{10**30}", "pk"])
def test_what_is_no_field_of_the_page_is_not_found(web: Browser, deal: Deal, name: str) -> None:
    assert web.get(address(deal, "deal_field", name)).status_code == 404
    assert save(web, deal, name, "1").status_code == 404


@pytest.mark.parametrize("typed", ["8 923 4102995", "анна", "anna@example.ru"])
def test_a_client_is_found_by_phone_name_or_email(web: Browser, deal: Deal, typed: str) -> None:
    anna = make_client("Анна", phone="+79234102995", email="anna@example.ru")
    save(web, deal, "client", typed)

    assert Deal.objects.get(pk=deal.pk).client == anna


def test_of_several_clients_one_is_chosen_by_a_button(web: Browser, deal: Deal) -> None:
    one, other = make_client("Анна Первая"), make_client("Анна Вторая")
    response = save(web, deal, "client", "анна")
    assert response.status_code == 422
    assert set(response.context["opened"].form.fields["value"].offered) == {one, other}

    save(web, deal, "client", "анна", choice=f"#{other.pk}")
    assert Deal.objects.get(pk=deal.pk).client == other


@pytest.mark.parametrize(("typed", "name"), [("Ольга", "Ольга"), ("+7 923 410-29-00", "")])
def test_a_client_who_is_not_known_is_added(web: Browser, deal: Deal, typed: str, name: str) -> None:
    save(web, deal, "client", typed, choice="new")
    client = Client.objects.latest("pk")

    assert Deal.objects.get(pk=deal.pk).client == client
    assert (client.name, client.contacts.count()) == (name, 0 if name else 1)


def test_a_client_whom_one_does_not_see_cannot_be_chosen(web: Browser, deal: Deal, marina: User) -> None:
    User.objects.filter(pk=marina.pk).update(own_only=True)
    hidden = make_client("Тайная", manager=make_user())

    assert save(web, deal, "client", f"#{hidden.pk}").status_code == 422
    assert save(web, deal, "client", "тайная").status_code == 422


# --- Two people ---


def test_the_second_of_two_is_told_what_the_first_wrote_and_chooses(web: Browser, deal: Deal) -> None:
    oleg = make_user(full_name="Соколов Олег")
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=oleg, price=Decimal(45_000))
    response = save(web, deal, "price", "50000", seen=seen)
    opened = response.context["opened"]

    assert response.status_code == 409
    assert (opened.theirs.new, opened.change.by, opened.form["value"].value()) == (Decimal(45_000), oleg, "50000")
    assert Deal.objects.get(pk=deal.pk).price == Decimal(45_000)

    again = int(opened.form["seen"].value())
    assert save(web, deal, "price", "50000", seen=again).status_code == 302
    assert Deal.objects.get(pk=deal.pk).price == Decimal(50_000)


def test_another_field_changed_meanwhile_is_no_conflict(web: Browser, deal: Deal) -> None:
    seen = last_change(deal.pk)
    change_deal(deal=deal, by=None, cost=Decimal(1))

    assert save(web, deal, "price", "50000", seen=seen).status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_save_that_does_not_say_what_it_saw_is_refused(web: Browser, deal: Deal, seen: str) -> None:
    response = web.post(address(deal, "deal_field", "price"), {"value": "1", "seen": seen})

    assert response.status_code == 422
    assert Deal.objects.get(pk=deal.pk).price == Decimal(44_000)


# --- The composer, the trash ---


def test_a_comment_is_written(web: Browser, deal: Deal, marina: User) -> None:
    response = web.post(address(deal, "deal_comment"), {"text": "Просит рассрочку"})

    assert (response.status_code, response["Location"]) == (302, address(deal))
    assert Message.objects.values_list("deal", "author", "text").get() == (deal.pk, marina.pk, "Просит рассрочку")


def test_an_empty_comment_comes_back(web: Browser, deal: Deal) -> None:
    response = web.post(address(deal, "deal_comment"), {"text": " "})

    assert response.status_code == 422
    assert response.context["composer"]["comment"].form.errors == {"text": ["This field is required."]}
    assert not Message.objects.exists()


def test_a_task_without_a_time_is_for_the_whole_day(web: Browser, deal: Deal, marina: User) -> None:
    day = today() + timedelta(days=3)
    web.post(address(deal, "deal_task"), {"text": "Согласовать", "day": day.isoformat(), "assignee": marina.pk})
    task = Task.objects.get()

    assert (task.deal, task.text, task.assignee, task.author) == (deal, "Согласовать", marina, marina)
    assert (task.due_at, task.all_day) == (day_ends(day), True)


def test_a_task_that_is_not_right_comes_back_in_its_tab(web: Browser, deal: Deal) -> None:
    colleague = make_user(login="irina")
    data = {"text": "Согласовать", "day": "soon", "assignee": colleague.pk}
    response = web.post(address(deal, "deal_task"), data)

    composer = response.context["composer"]
    assert (response.status_code, [tab.kind for tab in composer.values() if tab.is_open]) == (422, ["task"])
    assert response.context["assignees"][0] == colleague
    assert not Task.objects.exists()


def test_a_call_is_written_down(web: Browser, deal: Deal, marina: User) -> None:
    data = {"direction": "incoming", "status": "ANSWER", "phone": "+7 923", "minutes": "4", "note": "Ждёт примеры"}
    web.post(address(deal, "deal_call"), data)

    call = Call.objects.get()
    assert (call.deal, call.manager, call.caller, call.duration, call.direction) == (
        deal,
        marina,
        "+7 923",
        240,
        "incoming",
    )
    assert Message.objects.get().text == "Ждёт примеры"


def test_an_open_deal_with_nothing_planned_asks_what_comes_next(web: Browser, deal: Deal) -> None:
    assert b"Nothing is planned." in web.get(address(deal)).content
    assert b"Done. What comes next?" in web.get(address(deal), {"plan": "1"}).content

    make_task(deal)
    assert b"What comes next?" not in web.get(address(deal), {"plan": "1"}).content


def test_a_closed_deal_asks_for_nothing(web: Browser, deal: Deal) -> None:
    move_deal(deal=deal, status=Status.objects.get(pk=3), by=None)

    assert b"What comes next?" not in web.get(address(deal)).content


def test_a_deal_goes_to_the_trash_and_comes_back(web: Browser, deal: Deal) -> None:
    assert web.post(address(deal, "deal_trash"))["Location"] == address(deal)
    context = web.get(address(deal)).context
    assert (context["deal"].status_id, context["can_write"]) == (5, False)

    web.post(address(deal, "deal_restore"))
    assert Deal.objects.get(pk=deal.pk).status_id == 1
    assert list(Change.objects.filter(number=deal.pk).told().values_list("verb", flat=True)) == [
        "created",
        "trashed",
        "restored",
    ]


def test_only_a_web_address_becomes_a_link_or_a_record(web: Browser) -> None:
    field = make_field(type="link")
    deal = make_deal(values={field: "javascript:alert(1)"}, visit="https://example.ru/visit")
    make_call(deal=deal, file_url="https://records.example.ru/1.mp3", unread={"file_url": "javascript:alert(2)"})
    content = web.get(address(deal)).content.decode()

    assert 'href="javascript' not in content
    assert 'src="javascript' not in content
    assert 'src="https://records.example.ru/1.mp3"' in content
    assert 'href="https://example.ru/visit"' in content
