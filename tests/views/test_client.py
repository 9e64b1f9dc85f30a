"""The card of a client."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Call, Client, Message, Role, Status, Task, User
from crm.services.client_contacts import set_contacts
from crm.services.clients import change_client, trash_client
from crm.services.deals import trash_deal
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db

PHONE = "+7 923 410-29-94"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def desk(marina: User) -> Browser:
    return log_in(marina)


@pytest.fixture
def client() -> Client:
    return make_client("Анна", phone=PHONE, email="anna@example.ru")


def log_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def entered(client: Client) -> list[str]:
    return list(Client.objects.get(pk=client.pk).contacts.values_list("entered", flat=True))


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_card_takes_the_same_queries_whatever_it_shows(
    desk: Browser, marina: User, client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        deal = make_deal(f"Сделка {number}", client=client, manager=marina)
        make_message(deal)
        make_message(client)
        make_task(client, due_at=timezone.now() + timedelta(days=number))
        make_call(client=client)
        make_client("Двойник", phone=PHONE)
    change_client(client=client, by=None, manager=marina)

    with django_assert_num_queries(CARD_QUERIES):
        answer = desk.get(f"/clients/{client.pk}/")

    assert (answer.status_code, len(answer.context["deals"])) == (200, count)


CARD_QUERIES = 20


def test_the_card_shows_deals_with_totals_and_no_trash(desk: Browser, client: Client) -> None:
    won, lost = Status.objects.get(kind="won"), Status.objects.get(kind="lost")
    make_deal("Первая", client=client, status=won, price=Decimal("1000"), cost=Decimal("400.5"))
    make_deal("Вторая", client=client, status=won, price=Decimal("500"))
    make_deal("Третья", client=client, status=lost, price=Decimal("9000"))
    make_deal("Четвёртая", client=client)
    trash_deal(deal=make_deal("Удалённая", client=client), by=None)
    make_deal("Чужая", client=make_client())

    context = desk.get(f"/clients/{client.pk}/").context

    assert {deal.title for deal in context["deals"]} == {"Первая", "Вторая", "Третья", "Четвёртая"}
    totals = context["totals"]
    assert (totals.count, totals.open, totals.won) == (4, 1, 2)
    assert (totals.revenue, totals.profit) == (Decimal("1500"), Decimal("1099.5"))


def test_the_timeline_is_the_clients_own_and_that_of_his_visible_deals() -> None:
    own, colleague = make_user(own_only=True), make_user()
    client = make_client(manager=own)
    make_message(client, "о клиенте")
    make_message(make_deal(client=client, manager=own), "о своей сделке")
    make_message(make_deal("Тайная сделка", client=client, manager=colleague), "тайна")

    answer = log_in(own).get(f"/clients/{client.pk}/?kind=comments")

    texts = {event.row.text for day in answer.context["timeline"].days for event in day.events}
    assert texts == {"о клиенте", "о своей сделке"}
    assert "Тайная сделка" not in answer.content.decode()


def test_the_number_of_a_merged_client_leads_to_the_survivor(desk: Browser, client: Client) -> None:
    merged = make_client("Аня", merged_into=make_client("Нюра", merged_into=client))

    assert desk.get(f"/clients/{merged.pk}/")["Location"] == f"/clients/{client.pk}/"


def test_probable_duplicates_are_shown_with_links_and_only_to_those_who_see_them(client: Client) -> None:
    double = make_client("Аня", phone=PHONE, manager=make_user())
    own = make_user(own_only=True)
    change_client(client=client, by=None, manager=own)

    assert log_in(make_user()).get(f"/clients/{client.pk}/").context["duplicates"] == [double]
    assert log_in(own).get(f"/clients/{client.pk}/").context["duplicates"] == []


# --- Fields in place ---


def test_a_field_opens_in_the_card_without_script(desk: Browser, client: Client) -> None:
    text = desk.get(f"/clients/{client.pk}/field/company/").content.decode()

    assert text.count("<h1") == 1
    assert 'name="company"' in text


def test_a_field_is_saved_and_the_card_shown_again(desk: Browser, client: Client) -> None:
    answer = desk.post(f"/clients/{client.pk}/field/company/", {"company": "Маяк", "seen": ""})

    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{client.pk}/")
    assert Client.objects.get(pk=client.pk).company == "Маяк"


def test_with_script_only_the_field_and_the_title_come_back(desk: Browser, client: Client) -> None:
    answer = desk.post(f"/clients/{client.pk}/field/name/", {"name": "Анна Ли", "seen": "Анна"}, headers=HTMX)

    text = answer.content.decode()
    assert (answer.status_code, "<html" in text, text.count("Анна Ли") >= 2) == (200, False, True)
    assert 'hx-swap-oob="true"' in text


def test_notes_of_several_lines_are_no_conflict_with_themselves(desk: Browser, client: Client) -> None:
    change_client(client=client, by=None, notes="первая\r\nвторая")
    seen = desk.get(f"/clients/{client.pk}/field/notes/").context["field_form"]["seen"].value()

    desk.post(f"/clients/{client.pk}/field/notes/", {"notes": "третья", "seen": seen.replace("\n", "\r\n")})

    assert Client.objects.get(pk=client.pk).notes == "третья"


def test_a_manager_is_chosen_and_taken_away(desk: Browser, marina: User, client: Client) -> None:
    address = f"/clients/{client.pk}/field/manager/"

    desk.post(address, {"manager": marina.pk, "seen": ""})
    assert Client.objects.get(pk=client.pk).manager == marina
    desk.post(address, {"manager": "", "seen": marina.pk})
    assert Client.objects.get(pk=client.pk).manager is None


def test_what_a_colleague_wrote_meanwhile_is_told_and_what_was_typed_kept(desk: Browser, client: Client) -> None:
    change_client(client=client, by=None, company="Прибой")
    address = f"/clients/{client.pk}/field/company/"

    answer = desk.post(address, {"company": "Маяк", "seen": ""}, headers=HTMX)

    assert (answer.status_code, Client.objects.get(pk=client.pk).company) == (409, "Прибой")
    form = answer.context["field_form"]
    assert (form["company"].value(), form["seen"].value(), answer.context["theirs"]) == ("Маяк", "Прибой", "Прибой")
    assert desk.post(address, {"company": "Маяк", "seen": "Прибой"}).status_code == 302
    assert Client.objects.get(pk=client.pk).company == "Маяк"


def test_too_long_a_name_is_said_beside_the_field(desk: Browser, client: Client) -> None:
    answer = desk.post(f"/clients/{client.pk}/field/name/", {"name": "я" * 256, "seen": "Анна"}, headers=HTMX)

    assert (answer.status_code, list(answer.context["field_form"].errors)) == (422, ["name"])


def test_there_is_no_such_field(desk: Browser, client: Client) -> None:
    assert desk.get(f"/clients/{client.pk}/field/version/").status_code == 404


# --- Phones and e-mails ---


def save_contacts(browser: Browser, client: Client, **typed: object) -> int:
    seen = "\n".join(f"{row.kind} {row.entered}" for row in client.contacts.all())
    return browser.post(f"/clients/{client.pk}/contacts/", {"seen": seen, **typed}, headers=HTMX).status_code


def test_contacts_are_added_changed_and_emptied_away(desk: Browser, client: Client) -> None:
    status = save_contacts(desk, client, phone=["8 923 410 29 94", " +7 800 700-00-00 ", ""], email=["", ""])

    assert (status, entered(client)) == (200, ["8 923 410 29 94", "+7 800 700-00-00"])


def test_the_buttons_of_a_line_move_it_up_and_remove_it(desk: Browser, client: Client) -> None:
    phones = [PHONE, "", "+7 800 700-00-00"]

    save_contacts(desk, client, phone=phones, email=["anna@example.ru"], do="up phone-2")
    assert entered(client) == [PHONE, "+7 800 700-00-00", "anna@example.ru"]
    save_contacts(desk, client, phone=[PHONE, "+7 800 700-00-00"], email=["anna@example.ru"], do="up phone-1")
    assert entered(client) == ["+7 800 700-00-00", PHONE, "anna@example.ru"]
    save_contacts(desk, client, phone=["+7 800 700-00-00", PHONE], email=["anna@example.ru"], do="remove email-0")
    assert entered(client) == ["+7 800 700-00-00", PHONE]


@pytest.mark.parametrize("do", ["up phone-0", "up phone-9", "remove fax-0", "up", "destroy phone-0", "up phone-²"])
def test_a_button_that_is_none_only_saves(desk: Browser, client: Client, do: str) -> None:
    assert save_contacts(desk, client, phone=[PHONE], email=["anna@example.ru"], do=do) == 200
    assert entered(client) == [PHONE, "anna@example.ru"]


def test_a_wrong_email_is_said_beside_its_line_and_nothing_saved(desk: Browser, client: Client) -> None:
    answer = desk.post(f"/clients/{client.pk}/contacts/", {"phone": "+78007000000", "email": "anna@"}, headers=HTMX)

    lines = answer.context["contacts_form"].lines()
    assert (answer.status_code, [line.error for line in lines["email"]]) == (
        422,
        ["This is not an e-mail address.", ""],
    )
    assert (lines["phone"][0].text, entered(client)) == ("+78007000000", [PHONE, "anna@example.ru"])


def test_contacts_changed_by_a_colleague_meanwhile_are_not_overwritten(desk: Browser, client: Client) -> None:
    stale = client.contacts.all()[:2]
    seen = "\n".join(f"{row.kind} {row.entered}" for row in stale)
    set_contacts(client=client, contacts=[("phone", "+7 800 700-00-00")], by=None)

    answer = desk.post(f"/clients/{client.pk}/contacts/", {"seen": seen, "phone": "+79990000001"}, headers=HTMX)

    assert (answer.status_code, entered(client)) == (409, ["+7 800 700-00-00"])
    assert "+7 800 700-00-00" in answer.content.decode()


# --- Composer, trash ---


def test_a_comment_a_task_and_a_call_are_written_on_the_client(desk: Browser, marina: User, client: Client) -> None:
    desk.post(f"/clients/{client.pk}/comment/", {"text": "Перезвонит сама"})
    desk.post(f"/clients/{client.pk}/task/", {"text": "Напомнить", "day": "2026-12-01", "assignee": marina.pk})
    desk.post(f"/clients/{client.pk}/call/", {"direction": "outgoing", "status": "ANSWER", "phone": PHONE})

    assert (Message.objects.get().client, Task.objects.get().client, Call.objects.get().client) == (client,) * 3


def test_an_empty_comment_is_refused(desk: Browser, client: Client) -> None:
    answer = desk.post(f"/clients/{client.pk}/comment/", {"text": " "})

    assert (answer.status_code, Message.objects.count()) == (422, 0)


def test_a_client_goes_to_the_trash_and_comes_back(desk: Browser, client: Client) -> None:
    desk.post(f"/clients/{client.pk}/trash/")

    assert Client.objects.get(pk=client.pk).trashed_at is not None
    text = desk.get(f"/clients/{client.pk}/").content.decode()
    assert ("no list shows this client" in text, f"/clients/{client.pk}/field/" in text) == (True, False)
    desk.post(f"/clients/{client.pk}/restore/")
    assert Client.objects.get(pk=client.pk).trashed_at is None


def test_an_observer_reads_the_card_and_is_offered_nothing_to_write(client: Client) -> None:
    text = log_in(make_user(role=Role.OBSERVER)).get(f"/clients/{client.pk}/").content.decode()

    assert [word for word in ("/field/", "/contacts/", "/comment/", f"{client.pk}/trash/") if word in text] == []
    trash_client(client=client, by=None)
    assert "/restore/" not in log_in(make_user(role=Role.OBSERVER)).get(f"/clients/{client.pk}/").content.decode()
