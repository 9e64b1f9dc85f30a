"""Saved views: kept, opened, shared, put in order; and lists under them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from crm.models import CustomField, DefaultView, Role, SavedView, Status, User
from crm.services.saved_views import change_view, choose_default_view
from tests.factories import make_client, make_deal, make_field, make_user, make_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def desk_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def titles(web: Browser, address: str) -> list[str]:
    return [row.deal.title for row in web.get(address).context["rows"]]


def names(web: Browser, page: str = "deals") -> list[str]:
    return [view.name for view in web.get("/tasks/").context["rail_views"]()[page]]


def save(web: Browser, **typed: str) -> SavedView:
    answer = web.post("/views/add/", {"page": "deals", "name": "Горящие", "query": "task=none"} | typed)
    view = SavedView.objects.latest("pk")
    assert answer.headers["Location"] == f"{reverse(view.page)}?view={view.pk}"
    return view


def test_what_is_shown_is_saved_with_its_columns_and_opened_again(web: Browser, marina: User) -> None:
    make_deal("Моя", manager=marina)
    make_deal("Ничья")
    web.get("/deals/?columns=title,price")
    shown = web.get("/deals/?manager=me&sort=title").context
    view = save(web, query=shown["viewing"].kept)
    assert view.query == "columns=title,price&manager=me&sort=title"
    web.get("/deals/?columns=title,cost&manager=me")
    opened = web.get(f"/deals/?view={view.pk}").context
    assert [row.deal.title for row in opened["rows"]] == ["Моя"]
    assert ([column.key for column in opened["shown"]], opened["sort"]) == (["title", "price"], "title")
    assert [column.key for column in web.get("/deals/").context["shown"]] == ["title", "cost"]


def test_a_shared_view_means_its_reader_by_mine_and_shows_him_what_is_his(web: Browser, marina: User) -> None:
    oleg = make_user(own_only=True)
    make_deal("Марины", manager=marina)
    make_deal("Олега", manager=oleg)
    make_deal("Ничья")
    view = save(web, query="manager=me", is_shared="on")
    assert titles(web, f"/deals/?view={view.pk}") == ["Марины"]
    assert titles(desk_of(oleg), f"/deals/?view={view.pk}") == ["Олега"]
    theirs = make_view("Чужие", owner=marina, query=f"manager={marina.pk}", is_shared=True)
    page = desk_of(oleg).get(f"/deals/?view={theirs.pk}")
    assert [row.deal.title for row in page.context["rows"]] == ["Ничья", "Олега"]
    assert "shows the rest: Manager." in page.content.decode()


def test_a_view_of_ones_own_is_nobody_elses(web: Browser, marina: User) -> None:
    make_deal("Стрижка")
    view = make_view(owner=marina, query="q=никого")
    oleg = desk_of(make_user(role=Role.ADMINISTRATOR))
    page = oleg.get(f"/deals/?view={view.pk}")
    assert [row.deal.title for row in page.context["rows"]] == ["Стрижка"]
    assert "This view is no more, or is not shared with you." in page.content.decode()
    assert (names(web), names(oleg)) == (["Горящие"], [])


def test_what_is_chosen_otherwise_can_be_written_into_the_view(web: Browser, marina: User) -> None:
    make_deal("Стрижка")
    view = make_view(owner=marina, query="manager=nobody")
    kept = web.get(f"/deals/?view={view.pk}")
    assert kept.context["viewing"].is_changed is False
    assert f'href="/?manager=nobody&amp;from={view.pk}"' in kept.content.decode()
    changed = web.get(f"/deals/?manager=nobody&sort=title&from={view.pk}").context["viewing"]
    assert (changed.is_changed, changed.may_change) == (True, True)
    web.post(f"/views/{view.pk}/query/", {"query": changed.kept})
    view.refresh_from_db()
    assert parse_qs(view.query)["sort"] == ["title"]
    assert web.get(f"/deals/?{view.query}&from={view.pk}").context["viewing"].is_changed is False


def test_a_page_opens_with_its_default_and_all_is_one_click_away(web: Browser, marina: User) -> None:
    make_deal("Стрижка", manager=marina)
    make_deal("Ничья")
    view = save(web, query="manager=me", is_default="on")
    assert web.get("/deals/").headers["Location"] == f"/deals/?view={view.pk}"
    page = web.get("/deals/?view=all")
    assert [row.deal.title for row in page.context["rows"]] == ["Ничья", "Стрижка"]
    assert (page.context["reset"], page.context["query_text"]) == ("?view=all", "?view=all")
    narrowed = web.get("/deals/?q=zzz&view=all")
    assert 'href="/deals/?view=all"' in narrowed.content.decode()
    web.post(f"/views/{view.pk}/default/", {"no": ""})
    assert titles(web, "/deals/") == ["Ничья", "Стрижка"]


def test_a_shared_view_taken_back_opens_no_page_of_others(marina: User) -> None:
    view = make_view(owner=marina, is_shared=True)
    oleg = make_user()
    for user in (marina, oleg):
        choose_default_view(view=view, by=user, is_default=True)
    change_view(view=view, is_shared=False)
    assert [one.user for one in DefaultView.objects.all()] == [marina]


def test_a_view_says_what_is_no_more(web: Browser, marina: User) -> None:
    make_deal("Стрижка")
    field = make_field("Филиал")
    query = f"field_{field.pk}=невский&field_999=1&status=77&sort=field_{field.pk}&columns=title,field_998"
    view = make_view(owner=marina, query=query)
    CustomField.objects.filter(pk=field.pk).update(is_archived=True)
    page = web.get(f"/deals/?view={view.pk}")
    assert [row.deal.title for row in page.context["rows"]] == ["Стрижка"]
    assert page.context["viewing"].not_applied == ["Филиал", "a field that is no more", "Status"]


def test_board_and_clients_have_views_too(web: Browser, marina: User) -> None:
    make_client("Анна", manager=marina)
    make_client("Ольга")
    make_deal("Моя", manager=marina)
    make_deal("Ничья")
    clients = save(web, page="clients", query="manager=me&sort=name")
    assert [row[0].name for row in web.get(f"/clients/?view={clients.pk}").context["rows"]] == ["Анна"]
    board = save(web, page="board", query="manager=nobody")
    shown = web.get(f"/?view={board.pk}").context["board"]
    assert [card.deal.title for card in shown.columns[0].cards] == ["Ничья"]
    assert shown.query.urlencode() == f"manager=nobody&from={board.pk}"
    htmx = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/?view={board.pk}"}
    added = web.post("/board/add/", {"title": "Третья"}, headers=htmx)
    assert "the filter hides it" in added.content.decode()


def test_a_click_on_a_board_under_a_view_does_not_come_back_to_the_view(web: Browser, marina: User) -> None:
    make_deal("Моя", manager=marina)
    view = make_view(owner=marina, page="board", query="manager=me")
    page = web.get(f"/?view={view.pk}").content.decode()
    assert f'href="?from={view.pk}"' in page
    assert [one.figures.count for one in web.get(f"/?from={view.pk}").context["board"].columns] == [1, 0, 0]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "Г" * 61}, "name"),
        ({"name": "Занято"}, "name"),
        ({"page": "nowhere"}, "page"),
        ({"query": "q=" + "x" * 9000}, "query"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    web: Browser, marina: User, typed: dict[str, str], wrong: str
) -> None:
    make_view("Занято", owner=marina)
    answer = web.post("/views/add/", {"page": "deals", "name": "Новая", "query": "q=я"} | typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
    assert SavedView.objects.count() == 1


def test_a_view_is_renamed_shared_ordered_and_deleted(web: Browser, marina: User) -> None:
    first, second = make_view("Первая", owner=marina), make_view("Вторая", owner=marina)
    web.post(f"/views/{first.pk}/", {"name": "Главная", "is_shared": "on"})
    web.post(f"/views/{second.pk}/move/", {"up": ""})
    web.post(f"/views/{second.pk}/move/", {"up": ""})
    assert names(web) == ["Вторая", "Главная"]
    assert "Delete “Вторая”?" in web.get(f"/views/{second.pk}/delete/").content.decode()
    web.post(f"/views/{second.pk}/delete/")
    assert names(web) == names(desk_of(make_user())) == ["Главная"]
    assert web.post(f"/views/{first.pk}/", {"name": ""}).status_code == 422


def test_a_shared_view_is_changed_by_its_owner_or_an_administrator(marina: User) -> None:
    view = make_view(owner=marina, is_shared=True)
    asked = [("", {"name": "Моя"}), ("query/", {"query": ""}), ("move/", {}), ("delete/", {})]
    oleg = desk_of(make_user())
    assert [oleg.post(f"/views/{view.pk}/{part}", data).status_code for part, data in asked] == [403] * 4
    assert oleg.post(f"/views/{view.pk}/default/").status_code == 302
    administrator = desk_of(make_user(role=Role.ADMINISTRATOR))
    assert administrator.post(f"/views/{view.pk}/", {"name": "Общая"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.owner, view.is_shared) == ("Общая", marina, False)


def test_an_observer_keeps_views_for_himself(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    view = save(client, is_shared="on")
    assert view.is_shared is False
    assert 'name="is_shared"' not in client.get("/deals/").content.decode()


def test_the_rail_costs_one_query_whatever_is_in_it(
    web: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_deal("Стрижка", status=Status.objects.get(pk=1))
    with django_assert_num_queries(9):
        web.get("/deals/")
    for number in range(20):
        view = make_view(f"{number}", owner=marina, query="task=none&sort=title", is_shared=bool(number % 2))
    with django_assert_num_queries(9):
        page = web.get(f"/deals/?view={view.pk}")
    assert page.content.decode().count('class="rail-views"') == 1
    with django_assert_num_queries(4):
        web.get("/views/")


def test_the_name_of_a_view_is_no_markup(web: Browser, marina: User) -> None:
    view = make_view("<b>x</b>", owner=marina)
    for address in (f"/deals/?view={view.pk}", "/views/", f"/views/{view.pk}/", f"/views/{view.pk}/delete/"):
        page = web.get(address).content.decode()
        assert ("&lt;b&gt;x" in page, "<b>x" in page) == (True, False)
    assert urlsplit(view.get_absolute_url()).path == "/deals/"
