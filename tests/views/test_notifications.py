"""The bell, its panel and page, and a lead that is taken."""

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from crm.models import Change, Deal, Notification, Role, Task, User
from crm.reports.frame import read_bell
from crm.services.deals import trash_deal
from crm.services.leads import Lead, take_deal, take_lead
from crm.services.subjects import Subject
from crm.services.tasks import finish_task
from tests.factories import make_call, make_client, make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def anna() -> User:
    return make_user(full_name="Иванова Анна")


@pytest.fixture
def oleg() -> User:
    return make_user(full_name="Смирнов Олег")


@pytest.fixture
def web(client: Browser, anna: User) -> Browser:
    client.force_login(anna)
    return client


def lead(title: str = "Мелирование") -> Deal:
    return take_lead(lead=Lead(title=title), by=None, via=Change.Via.PROTOCOL)[0]


def rows(answer: Any) -> list[tuple[str, str, bool]]:
    """Headline, text and whether it is unread, of each row that was shown."""
    return [(row.notification.headline, row.notification.said, row.is_unread) for row in answer.context["rows"]]


def news(web: Browser, seen: str) -> Any:
    return web.get("/notifications/news/", {"seen": seen}, headers=HTMX)


def test_a_page_shows_how_much_is_unread_in_bell_and_title(web: Browser, anna: User) -> None:
    assert "<title>Tasks" in web.get("/tasks/").content.decode()
    lead()
    make_task(make_deal(), assignee=anna)

    page = web.get("/tasks/").content.decode()

    assert "<title>(2) Tasks" in page
    assert '<span class="visually-hidden">2 unread</span>' in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_shows_what_is_told_by_the_same_queries(
    web: Browser, anna: User, oleg: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    User.objects.update(own_only=True)
    subjects: list[Subject] = [make_deal(manager=anna, by=anna), make_client(manager=anna), make_call(manager=anna)]
    for _ in range(number):
        lead()
        for subject in subjects:
            make_message(subject, "@Иванова Анна", by=oleg)
            make_task(subject, assignee=anna, by=oleg)

    with django_assert_num_queries(8):
        assert len(rows(web.get("/notifications/"))) == 7 * number


def test_the_page_narrows_to_what_is_unread_and_says_what_became_of_the_rest(
    web: Browser, anna: User, oleg: User
) -> None:
    assert "Nothing yet" in web.get("/notifications/").content.decode()
    taken, task = lead("Взятая"), make_task(make_deal(), "Позвонить", assignee=anna)
    lead("Новая")
    take_deal(deal=taken, by=oleg)
    finish_task(task=task, by=oleg)

    page = web.get("/notifications/")

    assert rows(page) == [
        ("New lead", "Новая", True),
        ("Task for you", "Позвонить", False),
        ("New lead", "Взятая", False),
    ]
    assert "taken by Смирнов Олег" in page.content.decode()
    assert page.content.decode().count("Take it:") == 1
    assert rows(web.get("/notifications/?show=unread")) == [("New lead", "Новая", True)]


def test_an_observer_is_offered_no_lead_to_take(client: Browser) -> None:
    observer = make_user(role=Role.OBSERVER)
    Notification.objects.create(person=observer, kind="lead", deal=make_deal())
    client.force_login(observer)

    assert "Take it" not in client.get("/notifications/").content.decode()


def test_the_panel_has_the_newest(web: Browser) -> None:
    for number in range(13):
        lead(f"Заявка {number}")

    panel = web.get("/notifications/", headers=HTMX | {"HX-Target": "bell-panel"})

    assert [said for _headline, said, _unread in rows(panel)] == [f"Заявка {number}" for number in range(12, 0, -1)]
    assert "<html" not in panel.content.decode()


def test_without_news_the_bell_is_answered_with_nothing(
    web: Browser, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead()
    version = read_bell(anna).version

    with django_assert_num_queries(3):  # session, person, bell
        assert news(web, version).status_code == 204


@pytest.mark.parametrize("number", [1, 3, 300])
def test_panel_and_news_cost_the_same_whatever_came(
    web: Browser, anna: User, oleg: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    User.objects.update(own_only=True)
    deal = make_deal(manager=anna, by=anna)
    messages = [make_message(deal, "@Иванова Анна", by=oleg), make_message(make_client(manager=anna), by=oleg)]
    Notification.objects.bulk_create(
        Notification(person=anna, kind="mention", message=message, by=oleg)
        for _ in range(number)
        for message in messages
    )

    with django_assert_num_queries(6):
        web.get("/notifications/", headers=HTMX | {"HX-Target": "bell-panel"})
    with django_assert_num_queries(7):
        news(web, "0-0")


def test_what_came_is_told_as_toasts_once(web: Browser, anna: User, oleg: User) -> None:
    first = lead("Первая")
    version = read_bell(anna).version
    for title in ("Вторая", "Третья", "Четвёртая", "Пятая"):
        lead(title)

    came = news(web, version)

    assert [row.notification.said for row in came.context["came"]] == ["Третья", "Четвёртая", "Пятая"]
    assert 'data-count="5"' in came.content.decode()
    assert news(web, came.context["bell"].version).status_code == 204
    take_deal(deal=first, by=oleg)
    cleared = news(web, came.context["bell"].version)
    assert (cleared.context["bell"].unread, cleared.context["came"]) == (4, [])


@pytest.mark.parametrize("seen", ["", "x", "9" * 40 + "-1", "-1--1"])
def test_a_bell_that_has_seen_nonsense_is_told_the_count_alone(web: Browser, seen: str) -> None:
    lead()

    assert (news(web, seen).status_code, news(web, seen).context["came"]) == (200, [])


def test_opening_one_reads_it_and_leads_to_what_it_tells_of(web: Browser, anna: User, oleg: User) -> None:
    User.objects.filter(pk=anna.pk).update(own_only=True)
    deal, hidden = make_deal(manager=anna, by=anna), make_deal(manager=oleg, by=oleg)
    client = make_client(manager=anna)
    call = make_call(caller="+79234102994", manager=anna)
    own, foreign = (make_task(on, assignee=anna) for on in (deal, hidden))
    make_message(client, "@Иванова Анна", by=oleg)
    make_message(call, "@Иванова Анна", by=oleg)

    opened = [web.get(f"/notifications/{one.pk}/").headers["Location"] for one in Notification.objects.order_by("pk")]

    expected = [f"/deals/{own.deal_id}/", f"/tasks/{foreign.pk}/", f"/clients/{client.pk}/"]
    assert opened == [*expected, "/calls/?q=%2B79234102994"]
    assert Notification.objects.filter(read_at=None).count() == 0


def test_all_are_read_at_once(web: Browser, anna: User) -> None:
    lead()
    answer = web.post("/notifications/read/", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, "bell-changed")
    assert read_bell(anna).unread == 0
    assert web.post("/notifications/read/", {"next": "/tasks/"}).headers["Location"] == "/tasks/"


def test_a_lead_is_taken_by_one_click(web: Browser, anna: User) -> None:
    deal = lead()

    answer = web.post(f"/deals/{deal.pk}/take/", headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "bell-changed")
    assert f'The deal is yours now: <a href="/deals/{deal.pk}/">Мелирование</a>' in answer.content.decode()
    deal.refresh_from_db()
    assert deal.manager == anna
    other = lead()
    assert web.post(f"/deals/{other.pk}/take/").headers["Location"] == f"/deals/{other.pk}/"


@pytest.mark.parametrize("own_only", [False, True])
def test_the_second_is_told_who_was_faster(web: Browser, anna: User, oleg: User, own_only: bool) -> None:
    User.objects.filter(pk=anna.pk).update(own_only=own_only)
    deal = lead()
    take_deal(deal=deal, by=oleg)

    answer = web.post(f"/deals/{deal.pk}/take/", headers=HTMX)

    assert (answer.status_code, answer.headers["HX-Trigger"]) == (409, "bell-changed")
    assert "Смирнов Олег was faster: “Мелирование” is taken." in answer.content.decode()
    page = web.post(f"/deals/{deal.pk}/take/", follow=True)
    assert page.redirect_chain == [("/notifications/", 302)]
    assert "Смирнов Олег was faster" in page.content.decode()


def test_what_is_in_the_trash_is_not_taken(web: Browser) -> None:
    deal = lead()
    trash_deal(deal=deal, by=None)

    assert web.post(f"/deals/{deal.pk}/take/").status_code == 409
    assert Deal.objects.get().manager is None


def test_a_task_that_was_given_is_told_with_what_it_stands_on_only_to_who_sees_that(
    web: Browser, anna: User, oleg: User
) -> None:
    User.objects.filter(pk=anna.pk).update(own_only=True)
    make_task(make_deal("Тайная сделка", manager=oleg), "Позвонить", assignee=anna, by=oleg)

    page = web.get("/notifications/").content.decode()

    assert Task.objects.get().text in page
    assert "Тайная сделка" not in page
