"""The list of calls, and what becomes of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.days import day_begins, today
from crm.models import Call, Client, Deal, FirmPhone, Role, User
from tests.factories import make_call, make_client, make_deal, make_user

pytestmark = pytest.mark.django_db

PHONE = "+79234102994"
FIRM = "+78007000000"


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def desk(marina: User) -> Browser:
    return log_in(marina)


def log_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def listed(browser: Browser, **query: Any) -> list[str]:
    """The other side of each call in the list."""
    answer = browser.get("/calls/", query)
    assert answer.status_code == 200
    return [phone for _, phone in answer.context["rows"]]


def call_by(phone: str, hours: float = 0, **columns: Any) -> Call:
    """An incoming call of `hours` ago."""
    started_at = timezone.now() - timedelta(hours=hours)
    return make_call(**{"caller": phone, "callee": FIRM, "started_at": started_at} | columns)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_takes_the_same_queries_whatever_it_shows(
    desk: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    deal = make_deal(client=make_client())
    for number in range(count):
        on: dict[str, Any] = {"deal": deal} if number % 3 else {"client": make_client()}
        call_by(PHONE, file_url="https://records.example/1.mp3", manager=marina, **on)

    # Session, person, people to choose from, counts, calls counted and read, the firm's phones, overdue tasks.
    with django_assert_num_queries(7):
        answer = desk.get("/calls/")

    assert len(answer.context["rows"]) == count


def test_the_list_is_filtered_by_how_a_call_ended_and_whose_it_is(desk: Browser) -> None:
    call_by("+71", 1, status="ANSWER", client=make_client())
    call_by("+72", 2, status="NOANSWER")
    call_by("+73", 3, status="", deal=make_deal())
    make_call(caller=FIRM, callee="+74", direction="outgoing", status="BUSY", started_at=timezone.now())

    answer = desk.get("/calls/")

    assert listed(desk) == ["+74", "+71", "+72", "+73"]
    assert (answer.context["total"], [count for _, count in answer.context["counts"]]) == (4, [1, 2])
    assert listed(desk, show="missed") == ["+72"]
    assert listed(desk, show="unattached") == ["+74", "+72"]
    assert listed(desk, direction="outgoing") == ["+74"]
    assert listed(desk, sort="missed") == ["+72", "+74", "+71", "+73"]


def test_the_list_is_filtered_by_manager_and_by_the_installations_days(desk: Browser, marina: User) -> None:
    morning = day_begins(today())
    call_by("+71", started_at=morning, manager=marina)
    call_by("+72", started_at=morning - timedelta(seconds=1))

    assert listed(desk, manager="me") == ["+71"]
    assert listed(desk, manager="nobody") == ["+72"]
    assert listed(desk, period="today") == ["+71"]
    assert listed(desk, period="yesterday") == ["+72"]
    assert listed(desk, until=f"{today() - timedelta(days=1):%Y-%m-%d}") == ["+72"]
    assert listed(desk, since=f"{today():%Y-%m-%d}") == ["+71"]
    assert listed(desk, since="1000-01-01", until="что-то", period="x") == ["+71", "+72"]


def test_the_longest_call_comes_first_when_asked(desk: Browser) -> None:
    call_by("+71", 1, duration=10)
    call_by("+72", 2)
    call_by("+73", 3, duration=300)

    assert listed(desk, sort="longest") == ["+73", "+71", "+72"]


@pytest.mark.parametrize("query", ["8 (923) 410-29-94", "+7 923 410 29 94", "410-29-94", "анна", "окрашивание"])
def test_a_call_is_found_by_a_phone_in_any_notation_or_by_what_it_is_on(desk: Browser, query: str) -> None:
    client = make_client("Анна", phone="8 923 410-29-94")
    call_by("89234102994", deal=make_deal("Окрашивание", client=client))
    call_by("+78001111111")

    assert listed(desk, q=query) == ["89234102994"]


def test_the_firms_own_number_is_not_the_other_side(desk: Browser) -> None:
    FirmPhone.objects.create(entered=FIRM, normalised=FIRM)
    make_call(caller=FIRM, callee=PHONE, direction="incoming")

    assert listed(desk) == [PHONE]


def test_only_a_record_on_the_web_has_a_player(desk: Browser) -> None:
    call_by(PHONE, file_url="https://records.example/1.mp3")
    call_by(PHONE, unread={"file_url": "javascript:alert(1)"})

    text = desk.get("/calls/").content.decode()

    assert (text.count("<audio"), 'preload="none"' in text, "javascript:alert" in text) == (1, True, False)


def test_one_who_sees_only_his_own_sees_no_call_of_a_colleague(marina: User) -> None:
    own = make_user(own_only=True)
    call_by("+71", 1, client=make_client("Тайная", manager=marina))
    call_by("+72", 2, manager=marina)
    call_by("+73", 3)
    call_by("+74", 4, deal=make_deal(manager=own))

    answer = log_in(own).get("/calls/")

    assert [phone for _, phone in answer.context["rows"]] == ["+73", "+74"]
    assert answer.context["total"] == 2


def test_an_observer_hears_and_changes_nothing(desk: Browser) -> None:
    call = call_by(PHONE)
    observer = log_in(make_user(role=Role.OBSERVER))

    text = observer.get("/calls/").content.decode()

    assert [word for word in ("/attach/", f"/calls/{call.pk}/deal/") if word in text] == []
    assert [observer.post(f"/calls/{call.pk}/{what}/").status_code for what in ("deal", "attach", "detach")] == [
        403
    ] * 3


def test_an_empty_list_says_where_calls_come_from(desk: Browser) -> None:
    assert "No calls yet" in desk.get("/calls/").content.decode()
    assert "No call is found" in desk.get("/calls/?show=missed").content.decode()


def test_a_call_is_put_on_a_deal_found_by_its_title(desk: Browser) -> None:
    call, deal = call_by(PHONE), make_deal("Окрашивание")
    assert desk.get(f"/calls/{call.pk}/attach/").context["form"]["find"].value() == PHONE

    answer = desk.post(f"/calls/{call.pk}/attach/", {"find": "окраш", "next": "/calls/?show=unattached"})

    assert (answer["Location"], Call.objects.get().deal) == ("/calls/?show=unattached", deal)


def test_a_call_is_put_on_a_chosen_client_and_taken_off(desk: Browser) -> None:
    call, anna = call_by(PHONE), make_client("Анна")

    desk.post(f"/calls/{call.pk}/attach/", {"subject": anna.pk})
    assert Call.objects.get().client == anna
    desk.post(f"/calls/{call.pk}/detach/")
    assert Call.objects.get().client is None


def test_a_call_is_not_put_on_what_one_does_not_see(marina: User) -> None:
    own = make_user(own_only=True)
    call, secret = call_by(PHONE), make_deal(manager=marina)

    answer = log_in(own).post(f"/calls/{call.pk}/attach/", {"subject": secret.pk})

    assert (answer.status_code, Call.objects.get().deal) == (200, None)


def test_a_deal_is_made_of_a_call(desk: Browser, marina: User) -> None:
    call = call_by(PHONE)

    answer = desk.post(f"/calls/{call.pk}/deal/")

    deal = Deal.objects.get()
    assert answer["Location"] == f"/deals/{deal.pk}/"
    assert (deal.manager, deal.client, Call.objects.get().deal) == (marina, Client.objects.get(), deal)


def test_a_deal_for_a_colleagues_client_goes_to_the_colleague(marina: User) -> None:
    call = call_by(PHONE)
    make_client("Тайная", phone=PHONE, manager=marina)

    answer = log_in(make_user(own_only=True)).post(f"/calls/{call.pk}/deal/", follow=True)

    assert (answer.redirect_chain, Deal.objects.get().manager) == ([("/calls/", 302)], marina)
    assert "It went to the colleague whose client called." in answer.content.decode()
    assert "Тайная" not in answer.content.decode()


def test_a_call_that_one_does_not_see_does_not_exist(marina: User) -> None:
    call = call_by(PHONE, manager=marina)

    assert log_in(make_user(own_only=True)).post(f"/calls/{call.pk}/deal/").status_code == 404
