"""What people set for themselves, and what pages make of it."""

from datetime import UTC, datetime

import pytest
from django.test import Client as HttpClient
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import User
from tests.factories import make_deal, make_task, make_user

pytestmark = pytest.mark.django_db

CHOICES = {"full_name": "Анна", "email": "", "language": "", "zone": "", "theme": ""}


@pytest.fixture
def anna(client: HttpClient) -> User:
    """Logged in."""
    user = make_user(full_name="Анна")
    client.force_login(user)
    return user


def test_choices_are_kept(client: HttpClient, anna: User) -> None:
    chosen = {
        "full_name": "Анна Петрова",
        "email": "a@example.ru",
        "language": "ru",
        "zone": "Asia/Omsk",
        "theme": "dark",
    }
    assert client.post("/profile/", chosen).status_code == 302

    anna.refresh_from_db()
    assert {name: getattr(anna, name) for name in chosen} == chosen


def test_the_zones_of_russia_stand_first_and_in_the_language_of_the_page(client: HttpClient, anna: User) -> None:
    page = client.get("/profile/", headers={"Accept-Language": "ru"}).content.decode()

    assert page.index("Калининград, UTC+2") < page.index("Москва, UTC+3") < page.index("Камчатка, UTC+12")
    assert page.index('label="Россия"') < page.index('label="Africa"')
    assert page.count('value="Europe/Moscow"') == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("full_name", ""), ("email", "no"), ("zone", "Mars/Base"), ("language", "de"), ("theme", "pink")],
)
def test_what_will_not_do_is_said_and_changes_nothing(client: HttpClient, anna: User, field: str, value: str) -> None:
    answer = client.post("/profile/", CHOICES | {"email": "new@example.ru"} | {field: value})

    assert answer.status_code == 422
    anna.refresh_from_db()
    assert (anna.full_name, anna.email) == ("Анна", "")


def test_a_page_speaks_the_persons_language_whatever_the_browser_asks(client: HttpClient, anna: User) -> None:
    assert client.get("/profile/", headers={"Accept-Language": "ru"}).headers["Content-Language"] == "ru"
    User.objects.update(language="en")

    page = client.get("/profile/", headers={"Accept-Language": "ru"})

    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()
    assert translation.get_language() == "en"


def test_a_persons_zone_lasts_as_long_as_his_request(client: HttpClient, anna: User) -> None:
    User.objects.update(zone="Asia/Vladivostok")
    before = timezone.get_current_timezone_name()

    client.get("/profile/")

    assert timezone.get_current_timezone_name() == before


def test_the_theme_is_chosen_on_any_page(client: HttpClient, anna: User) -> None:
    answer = client.post("/profile/theme/", {"theme": "dark"}, headers={"Referer": "http://testserver/search/?q=1"})

    assert answer.headers["Location"] == "http://testserver/search/?q=1"
    assert 'data-theme="dark"' in client.get("/search/").content.decode()
    foreign = client.post("/profile/theme/", {"theme": "pink"}, headers={"Referer": "https://example.com/"})
    assert foreign.headers["Location"] == "/"
    anna.refresh_from_db()
    assert anna.theme == "dark"


def choose(client: HttpClient, **ticks: list[str]) -> int:
    return client.post("/profile/notifications/", ticks).status_code


def test_what_one_is_told_of_is_chosen_by_kind_and_way(client: HttpClient, anna: User, settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = True
    User.objects.update(email="anna@example.ru")
    page = client.get("/profile/").content.decode()
    assert page.count('name="in_bell"') == page.count('name="by_mail"') == 5

    assert choose(client, in_bell=["lead", "due"], by_mail=["mention"]) == 302

    anna.refresh_from_db()
    assert (anna.not_told_of, anna.mailed_of) == (["task", "deal", "mention"], ["mention"])
    page = " ".join(client.get("/profile/").content.decode().split())
    assert 'name="in_bell" value="lead" checked' in page
    assert 'name="in_bell" value="task" >' in page
    assert 'name="by_mail" value="mention" checked' in page
    assert choose(client, in_bell=["party"]) == 422


def test_e_mail_is_offered_only_where_it_can_be_sent_and_what_is_not_offered_stays(
    client: HttpClient, anna: User, settings: Settings
) -> None:
    User.objects.update(email="anna@example.ru", mailed_of=["task"])
    assert 'name="by_mail"' not in client.get("/profile/").content.decode()
    settings.CAN_SEND_EMAIL = True
    User.objects.update(email="")
    page = client.get("/profile/").content.decode()
    assert 'name="by_mail"' not in page
    assert "enter your e-mail under" in page

    choose(client, in_bell=["due"], by_mail=["lead"])

    anna.refresh_from_db()
    assert anna.mailed_of == ["task"]


def test_an_observer_is_asked_only_about_what_can_befall_him(client: HttpClient, anna: User) -> None:
    User.objects.update(role="observer", not_told_of=["lead"])
    assert client.get("/profile/").content.decode().count('name="in_bell"') == 3

    choose(client, in_bell=["mention"])

    anna.refresh_from_db()
    assert anna.not_told_of == ["due", "task", "lead"]


def test_the_name_by_which_he_asks_is_kept_for_who_wants_e_mail(
    client: HttpClient, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/profile/")
    assert User.objects.get().origin == ""
    User.objects.update(mailed_of=["due"])

    client.get("/profile/")

    assert User.objects.get().origin == "http://testserver"
    with django_assert_num_queries(3):  # session, person, bell: it is written once
        client.get("/notifications/news/", {"seen": "0-0"})


def test_a_new_password_keeps_this_session_and_ends_the_others(client: HttpClient, anna: User) -> None:
    other = HttpClient()
    other.force_login(anna)
    new = dict.fromkeys(["new_password1", "new_password2"], "quite another one")
    assert client.post("/profile/password/", new | {"old_password": "a password"}).status_code == 302

    assert [browser.get("/profile/").status_code for browser in (client, other)] == [200, 302]


def test_a_new_password_needs_the_present_one(client: HttpClient, anna: User) -> None:
    new = dict.fromkeys(["new_password1", "new_password2"], "quite another one")
    answer = client.post("/profile/password/", new | {"old_password": "a guess"})

    assert answer.status_code == 422
    assert "This is not your present password." in answer.content.decode()


def test_the_rail_counts_ones_own_overdue_tasks(client: HttpClient, anna: User) -> None:
    deal, past = make_deal(), datetime(2020, 1, 1, tzinfo=UTC)
    for assignee in (anna, anna, make_user()):
        make_task(deal, due_at=past, assignee=assignee)

    assert 'title="2 overdue">2</b>' in client.get("/profile/").content.decode()
