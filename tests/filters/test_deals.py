"""The filter that board and list share."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from crm.filters.deals import DealFilter, DealListFilter
from crm.filters.periods import Period
from crm.models import CustomField, Deal, Status, User
from crm.reports.deals import Counted, Figures, count_board, count_few, count_list
from tests.factories import make_client, make_deal, make_field, make_task, make_user

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Марина")


def deal_filter(query: str, user: User) -> DealFilter:
    fields = CustomField.objects.usable().with_choices()
    return DealFilter(QueryDict(query), Deal.objects.visible_to(user).present(), user=user, fields=fields, at=NOON)


def titles(query: str, user: User) -> list[str]:
    return sorted(deal_filter(query, user).qs.values_list("title", flat=True))


def test_no_question_lets_all_through(marina: User) -> None:
    make_deal("Стрижка", manager=marina)
    make_deal("Укладка")
    assert titles("", marina) == ["Стрижка", "Укладка"]


@pytest.mark.parametrize(
    ("choice", "found"), [("me", ["Моя"]), ("nobody", ["Ничья"]), ("", ["Моя", "Ничья", "Чужая"])]
)
def test_deals_are_found_by_whose_they_are(marina: User, choice: str, found: list[str]) -> None:
    make_deal("Моя", manager=marina)
    make_deal("Чужая", manager=make_user())
    make_deal("Ничья")
    assert titles(f"manager={choice}", marina) == found


def test_deals_of_a_colleague_are_found(marina: User) -> None:
    oleg = make_user()
    make_deal("Олега", manager=oleg)
    make_deal("Ничья")
    assert titles(f"manager={oleg.pk}", marina) == ["Олега"]


def test_who_sees_only_own_deals_cannot_ask_for_a_colleagues() -> None:
    narrow, oleg = make_user(own_only=True), make_user()
    make_deal("Олега", manager=oleg)
    make_deal("Своя", manager=narrow)
    assert titles(f"manager={oleg.pk}", narrow) == ["Своя"]


def test_a_period_is_of_the_installations_days(marina: User) -> None:
    make_deal("Вчера", created_at=datetime(2026, 7, 14, 20, 59, tzinfo=UTC))  # 23:59 in Moscow
    make_deal("Сегодня", created_at=datetime(2026, 7, 14, 21, 0, tzinfo=UTC))
    assert titles("period=today", marina) == ["Сегодня"]
    assert titles("period=yesterday", marina) == ["Вчера"]
    assert titles("since=2026-07-15&until=2026-07-15", marina) == ["Сегодня"]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.WEEK, date(2026, 7, 9), date(2026, 7, 15)),
        (Period.MONTH, date(2026, 7, 1), date(2026, 7, 15)),
        (Period.LAST_MONTH, date(2026, 6, 1), date(2026, 6, 30)),
        (Period.YEAR, date(2026, 1, 1), date(2026, 7, 15)),
    ],
)
def test_a_named_period_has_its_days(period: Period, first: date, last: date) -> None:
    assert period.days(date(2026, 7, 15)) == (first, last)


def test_a_source_is_a_visit_or_a_field_that_tells_it(marina: User) -> None:
    make_deal("По визиту", visit="437272")
    make_deal("По полю", values={CustomField.objects.get(name="source"): "VK_new_post"})
    make_deal("Чужое поле", values={CustomField.objects.get(name="referrer"): "vk_new_post"})
    assert titles("source=4372", marina) == ["По визиту"]
    assert titles("source=vk_new", marina) == ["По полю"]


def test_only_open_deals_lack_a_task(marina: User) -> None:
    make_deal("Без задачи")
    make_deal("Оплачена", status=Status.objects.get(kind="won"))
    make_task(make_deal("Просрочена"), due_at=NOON - timedelta(hours=1))
    make_task(make_deal("Позже"), due_at=NOON + timedelta(hours=1))
    assert titles("task=none", marina) == ["Без задачи"]
    assert titles("task=overdue", marina) == ["Просрочена"]


@pytest.mark.parametrize(
    "text", ["свадеб", "СВАДЕБ", "визит-9", "Фролова", "8 (923) 410-29-94", "410-29-94", "frolova@", "#{number}"]
)
def test_text_finds_a_deal_however_it_is_remembered(marina: User, text: str) -> None:
    client = make_client("Фролова Наталья", phone="+7 923 410-29-94", email="frolova@example.ru")
    deal = make_deal("Свадебный образ", client=client, visit="визит-9")
    make_deal("Другая", client=make_client("Анна", phone="+7 900 111-22-33"))
    query = QueryDict(mutable=True)
    query["q"] = text.format(number=deal.pk)
    assert titles(query.urlencode(), marina) == ["Свадебный образ"]


def test_too_many_hits_are_cut_off(marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.filters.deals.TEXT_HITS", 2)
    for number in range(3):
        make_deal(f"Стрижка {number}")
    assert titles("q=стрижка", marina) == ["Стрижка 1", "Стрижка 2"]


@pytest.mark.parametrize(
    ("columns", "held", "other", "query"),
    [
        ({"type": "text"}, "Невский, 20", "Садовая", "field_{f}=невский"),
        ({"type": "number"}, "12,5", "40", "field_{f}_min=10&field_{f}_max=12.5"),
        ({"type": "date"}, "15.07.2026", "2026-07-16", "field_{f}_max=2026-07-15"),
        ({"type": "yes_no"}, "да", "нет", "field_{f}=1"),
        ({"type": "choice"}, "Центр", "Окраина", "field_{f}=Центр"),
    ],
)
def test_a_custom_field_is_asked_by_its_type(
    marina: User, columns: dict[str, Any], held: str, other: str, query: str
) -> None:
    field = make_field(**columns)
    for label in ("Центр", "Окраина"):
        field.choices.create(label=label)
    make_deal("Нужная", values={field: held})
    make_deal("Ненужная", values={field: other})
    assert titles(query.format(f=field.pk), marina) == ["Нужная"]


@pytest.mark.parametrize(
    "query",
    ["manager=99999", "period=never", "since=0001-01-01", "until=9999-12-31", "task=x", "field_1_min=1e999", "q=%00"],
)
def test_what_cannot_be_read_narrows_nothing(marina: User, query: str) -> None:
    make_deal("Стрижка")
    assert titles(query, marina) == ["Стрижка"]
    assert deal_filter(query, marina).is_narrowed is False


def test_the_list_asks_for_statuses_too(marina: User) -> None:
    won = Status.objects.get(kind="won")
    make_deal("Оплачена", status=won)
    make_deal("Новая")
    chosen = DealListFilter(
        QueryDict(f"status={won.pk}"), Deal.objects.all(), user=marina, fields=[], statuses=list(Status.objects.all())
    )
    assert [deal.title for deal in chosen.qs] == ["Оплачена"]
    assert chosen.said_status == "Оплачена"


def count(query: str, user: User) -> Counted:
    """As a board that shows them all."""
    chosen = deal_filter(query, user)
    return count_board([chosen.asked], everything=[chosen.queryset] if chosen.is_narrowed else [])


def test_figures_count_what_meets_the_condition_and_tasks_of_all(marina: User) -> None:
    make_deal("Без задачи", price=Decimal(100), visit="1")
    make_task(make_deal("Просрочена", price=Decimal("20.5")), due_at=NOON - timedelta(days=1))
    make_deal("Без цены", status=Status.objects.get(pk=2))
    counted = count("task=overdue", marina)
    assert counted.by_status == {
        1: Figures(1, Decimal("20.5"), without_task=1, overdue=1, without_source=1),
        2: Figures(0, Decimal(0), without_task=1, overdue=0, without_source=0),
    }
    assert (counted.total, counted.figures.count) == (3, 1)


def test_only_deals_of_which_nothing_tells_the_source_have_none(marina: User) -> None:
    fields = {field.name: field for field in CustomField.objects.all()}
    make_deal("По визиту", visit="437272")
    make_deal("По полю", values={fields["utmSource"]: "yandex"})
    make_deal("Ничего")
    make_deal("Откуда зашёл", values={fields["referrer"]: "ya.ru"})
    assert titles("without=source", marina) == ["Ничего", "Откуда зашёл"]


@pytest.mark.parametrize(
    ("query", "without_source", "without_task"),
    [("", 2, 3), ("without=source", 2, 2), ("source=ya", 2, 1), ("task=overdue", 0, 3), ("manager=me", 1, 1)],
)
def test_the_counts_beside_the_filter_are_what_a_click_finds(
    marina: User, query: str, without_source: int, without_task: int
) -> None:
    make_deal("Марины", manager=marina)
    make_deal("Ничья")
    make_deal("Из Яндекса", visit="ya-1")
    make_task(make_deal("Просрочена", visit="2"), due_at=NOON - timedelta(days=1))
    figures = count(query, marina).figures
    rest = "&".join(part for part in query.split("&") if not part.startswith(("source", "without")))
    assert (figures.without_source, figures.without_task) == (without_source, without_task)
    assert len(titles(f"{rest}&without=source", marina)) == without_source
    asked = deal_filter(query, marina).asked
    assert replace(count_list(asked, user=marina), most=None) == count_few(asked) == figures


def test_a_list_counts_no_further_than_it_has_to(marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.reports.deals.COUNTED", 2)
    for price in (1, 2, 4, 8):
        make_deal("Стрижка", price=Decimal(price))
    asked = deal_filter("", marina).asked

    capped, exact = count_list(asked, user=marina), count_list(asked, user=marina, exactly=True)

    assert (capped.count, capped.without_task, capped.is_capped) == (3, 3, True)
    assert (exact.count, exact.amount, exact.without_task, exact.is_capped) == (4, Decimal(15), 4, False)


def test_the_total_is_known_where_nothing_is_found(marina: User) -> None:
    make_deal("Стрижка")
    counted = count("q=укладка", marina)
    assert (counted.total, counted.figures) == (1, Figures())
