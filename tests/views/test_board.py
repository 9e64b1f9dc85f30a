"""The board: columns, figures, cards, and what it asks for while it is looked at."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import Client, Deal, Role, Status, User
from crm.reports.board import CARDS_A_COLUMN
from crm.services.deals import change_deal, move_deal, trash_deal
from tests.factories import make_client, make_deal, make_field, make_integration, make_status, make_task, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def columns(web: Browser, query: str = "") -> list[tuple[str, int, Decimal, list[str]]]:
    board = web.get(f"/{query}").context["board"]
    return [
        (one.status.name, one.figures.count, one.figures.amount, [card.deal.title for card in one.cards])
        for one in board.columns
    ]


def test_columns_are_the_statuses_on_the_board_with_count_and_sum(web: Browser) -> None:
    make_deal("Первая", price=Decimal(100))
    make_deal("Вторая", price=Decimal("20.5"))
    make_deal("Оплаченная", status=Status.objects.get(pk=3))
    make_deal("Закрытая", status=Status.objects.get(pk=4), price=Decimal(7))
    make_status("Архив", is_archived=True)
    assert columns(web) == [
        ("Новая", 2, Decimal("120.5"), ["Вторая", "Первая"]),
        ("В работе", 0, Decimal(0), []),
        ("Оплачена", 1, Decimal(0), ["Оплаченная"]),
    ]
    board = web.get("/").context["board"]
    assert [status.name for status in board.drop_zones] == ["Закрыта"]
    assert board.total == 3


def test_won_deals_stay_for_thirty_days(web: Browser) -> None:
    won = Status.objects.get(pk=3)
    now = timezone.now()
    make_deal("Давняя", status=won, at=now - timedelta(days=31))
    make_deal("Недавняя", status=won, at=now - timedelta(days=29))
    assert columns(web)[2] == ("Оплачена", 1, Decimal(0), ["Недавняя"])


def test_figures_are_of_what_passes_the_filter_and_the_words_say_so(web: Browser, marina: User) -> None:
    make_deal("Моя", manager=marina, price=Decimal(10))
    make_deal("Ничья", price=Decimal(5))
    assert columns(web, "?manager=me")[0] == ("Новая", 1, Decimal(10), ["Моя"])
    assert "Shown by the filter: 1 of 2" in web.get("/?manager=me").content.decode()
    assert "2 deals" in web.get("/").content.decode()


def test_who_sees_only_own_deals_sees_and_counts_no_others(client: Browser, marina: User) -> None:
    narrow = make_user(own_only=True)
    client.force_login(narrow)
    make_deal("Марины", manager=marina, price=Decimal(100))
    make_deal("Своя", manager=narrow, price=Decimal(1))
    make_deal("Ничья", price=Decimal(2))
    assert columns(client)[0] == ("Новая", 2, Decimal(3), ["Ничья", "Своя"])


def test_what_is_in_the_trash_is_not_on_the_board(web: Browser) -> None:
    trash_deal(deal=make_deal(), by=None)
    assert [count for _, count, _, _ in columns(web)] == [0, 0, 0]


def test_a_card_knows_its_task_its_days_its_source_and_who_brought_it(web: Browser) -> None:
    roistat = make_integration().user
    field = make_field("Филиал", on_board=True)
    Status.objects.filter(pk=1).update(stale_after=5)
    now = timezone.now()
    deal = make_deal("Лид", by=roistat, visit="437272", values={field: "Невский"}, at=now - timedelta(days=6))
    make_task(deal, "Потом", due_at=now + timedelta(days=3))
    make_task(deal, "Сначала", due_at=now - timedelta(hours=1))
    [card] = web.get("/").context["board"].columns[0].cards
    assert (card.days, card.is_stale, card.due, card.source, card.lead_of) == (
        6,
        True,
        "overdue",
        "437272",
        roistat,
    )
    assert str(card.task) == "Сначала"
    assert [str(value) for value in card.values] == ["Невский"]


def test_a_lead_is_marked_as_new_until_it_is_moved(web: Browser, marina: User) -> None:
    roistat = make_integration().user
    lead, moved = make_deal("Лид", by=roistat), make_deal("Взятый", by=roistat)
    make_deal("Своя", by=marina)
    move_deal(deal=moved, status=Status.objects.get(pk=2), by=marina)
    move_deal(deal=moved, status=Status.objects.get(pk=1), by=marina)

    cards = web.get("/").context["board"].columns[0].cards

    assert {card.deal.title: card.lead_of for card in cards} == {"Лид": roistat, "Взятый": None, "Своя": None}
    marked = "A new lead: nobody has moved it yet"
    assert web.get("/").content.decode().count(marked) == 1
    assert lead.stays.count() == 1


def test_the_source_is_what_the_service_named_then_utm_then_the_visit(web: Browser) -> None:
    fields = {field.name: field for field in make_field().__class__.objects.all()}
    make_deal("source", visit="1", values={fields["source"]: "seo", fields["utmSource"]: "ya"})
    make_deal("utm", visit="1", values={fields["utmSource"]: "yandex", fields["utmMedium"]: "cpc"})
    cards = web.get("/").context["board"].columns[0].cards
    assert [card.source for card in cards] == ["yandex / cpc", "seo"]


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_board_costs_the_same_whatever_is_on_it(
    web: Browser, marina: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for index in range(number):
        client = make_client(f"Клиент {index}", phone=f"+7923410{index:04}") if index < 3 else None
        deal = make_deal(f"Сделка {index}", client=client, manager=marina, visit="v")
        if index < 3:
            make_task(deal)
    field = make_field("Филиал", type="choice", on_board=True)
    field.choices.create(label="Центр")
    change_deal(deal=deal, by=marina, values={field: "Центр"})
    with django_assert_num_queries(10):
        web.get("/")
    with django_assert_num_queries(10):
        web.get("/?manager=me&task=overdue&source=v")
    with django_assert_num_queries(11):
        web.get("/?q=сделка")
    with django_assert_num_queries(11):
        web.get(f"/?q={deal.pk:03}&field_{field.pk}=Центр&period=today")


def test_a_column_goes_on_where_its_cards_ended(web: Browser) -> None:
    number = CARDS_A_COLUMN + 2
    for index in range(number):
        make_deal(f"Сделка {index}")
    first = web.get("/").context["board"].columns[0]
    assert (len(first.cards), first.more) == (CARDS_A_COLUMN, True)
    rest = web.get(reverse("board_column", args=[1]), {"after": first.cursor})
    assert [card.deal.title for card in rest.context["column"].cards] == ["Сделка 1", "Сделка 0"]
    assert rest.context["column"].more is False


@pytest.mark.parametrize(
    "after", ["", "yesterday,1", "2026-07-15,x", "2026-07-15T12:00:00,1", "0001-01-01T00:00:00+14:00,1"]
)
def test_a_column_does_not_go_on_from_nonsense(web: Browser, after: str) -> None:
    assert web.get(reverse("board_column", args=[1]), {"after": after}).status_code == 404


def test_nothing_is_sent_while_nothing_changes(web: Browser) -> None:
    deal = make_deal("Стрижка")
    seen = web.get("/").context["board"].version
    changes = reverse("board_changes")
    assert web.get(changes, {"seen": seen}).status_code == 204
    move_deal(deal=deal, status=Status.objects.get(pk=2), by=None)
    answer = web.get(changes, {"seen": seen}, headers=HTMX)
    assert [[card.deal.title for card in one.cards] for one in answer.context["board"].columns] == [
        [],
        ["Стрижка"],
        [],
    ]


def test_a_refresh_keeps_what_was_loaded(web: Browser) -> None:
    for index in range(CARDS_A_COLUMN + 5):
        make_deal(f"Сделка {index}")
    answer = web.get(reverse("board_changes"), {"seen": "", "limit": "100"}, headers=HTMX)
    assert len(answer.context["board"].columns[0].cards) == CARDS_A_COLUMN + 5


def test_a_quick_deal_is_its_makers_and_finds_its_client(web: Browser, marina: User) -> None:
    known = make_client("Анна", phone="+7 923 410-29-94")
    typed = {"title": "Стрижка", "name": "Анна", "phone": "8 923 410 29 94", "price": "12 400,50"}
    assert web.post(reverse("board_add"), typed).headers["Location"] == "/"
    deal = Deal.objects.get()
    assert (deal.title, deal.client, deal.price, deal.manager, deal.created_by, deal.status_id) == (
        "Стрижка",
        known,
        Decimal("12400.5"),
        marina,
        marina,
        1,
    )


def test_a_quick_deal_without_a_title_is_called_by_its_client(web: Browser) -> None:
    web.post(reverse("board_add"), {"phone": "+7 923 410-29-94"})
    assert Deal.objects.get().title == "+7 923 410-29-94"


def test_a_wrong_quick_deal_keeps_what_was_typed(web: Browser) -> None:
    answer = web.post(reverse("board_add"), {"title": "Стрижка", "price": "дорого"}, headers=HTMX)
    assert (answer.status_code, Deal.objects.count(), Client.objects.count()) == (422, 0, 0)
    assert answer.context["quick_form"].errors == {"price": ["Enter a number."]}
    assert 'value="Стрижка"' in answer.content.decode()
    assert 'value="Стрижка"' in web.post(reverse("board_add"), {"title": "Стрижка", "price": "x"}).content.decode()


def test_a_quick_deal_by_script_is_answered_with_its_card_and_the_heads(web: Browser) -> None:
    answer = web.post(reverse("board_add"), {"title": "Стрижка", "price": "100"}, headers=HTMX).content.decode()
    assert f'id="deal-{Deal.objects.get().pk}"' in answer
    assert [f'id="head-{pk}"' in answer for pk in (1, 2, 3)] == [True, True, True]


def test_a_quick_deal_that_the_filter_hides_is_told_of(web: Browser) -> None:
    headers = HTMX | {"HX-Current-URL": "http://testserver/?manager=nobody"}
    answer = web.post(reverse("board_add"), {"title": "Стрижка"}, headers=headers).content.decode()
    assert ("The deal “Стрижка” is made; the filter hides it." in answer, "afterbegin" in answer) == (True, False)


def test_an_observer_looks_and_adds_nothing(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    make_deal("Стрижка")
    answer = client.get("/").content.decode()
    assert ("Стрижка" in answer, "quick-deal" in answer, "move-menu" in answer) == (True, False, False)
    assert client.post(reverse("board_add"), {"title": "x"}).status_code == 403


def test_an_address_keeps_only_what_says_something(web: Browser) -> None:
    assert web.get("/?manager=me&period=&q=").headers["Location"] == "/?manager=me"
    assert web.get("/?manager=&q=").headers["Location"] == "/"
