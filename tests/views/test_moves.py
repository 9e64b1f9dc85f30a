"""Moves of a deal from status to status."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from crm.models import Deal, Role, Status, User
from crm.services.deals import move_deal
from crm.services.history import last_change
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
ON_BOARD = {"board": "1"}


@pytest.fixture
def marina() -> User:
    return make_user(login="marina")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def address(deal: Deal) -> str:
    return reverse("deal_move", args=[deal.pk])


def state(deal: Deal) -> tuple[int, str]:
    deal.refresh_from_db()
    return deal.status_id, deal.lost_reason


def test_a_move_leads_back_to_where_it_was_asked_for(web: Browser) -> None:
    deal = make_deal()
    answer = web.post(address(deal), {"status": "2", "next": "/?manager=me"})
    assert (answer.headers["Location"], state(deal)) == ("/?manager=me", (2, ""))


def test_a_move_leads_to_no_other_site(web: Browser) -> None:
    deal = make_deal()
    answer = web.post(address(deal), {"status": "2", "next": "https://example.com/"})
    assert answer.headers["Location"] == reverse("deal", args=[deal.pk])


def test_the_page_offers_every_status_but_its_own(web: Browser) -> None:
    answer = web.get(address(make_deal())).content.decode()
    assert re.findall(r'name="status"\s+value="(\d+)"', answer) == ["2", "3", "4"]


@pytest.mark.parametrize("status", ["", "5", "999", "x"])
def test_there_is_no_move_to_what_is_no_status(web: Browser, status: str) -> None:
    deal = make_deal()
    answer = web.post(address(deal), {"status": status})
    assert (answer.status_code, state(deal)) == (200, (1, ""))
    assert "status" in answer.context["form"].errors


def test_a_loss_asks_for_its_reason_first(web: Browser) -> None:
    deal = make_deal()
    asked = web.post(address(deal), {"status": "4"})
    assert (asked.templates[0].name, state(deal)) == ("crm/deal_lose.html", (1, ""))
    empty = web.post(address(deal), {"status": "4", "asked": "1", "lost_reason": " "})
    assert (list(empty.context["form"].errors), state(deal)) == (["lost_reason"], (1, ""))
    web.post(address(deal), {"status": "4", "asked": "1", "lost_reason": "Дорого"})
    assert state(deal) == (4, "Дорого")


def test_a_reason_that_others_had_takes_one_click(web: Browser) -> None:
    for reason in ("Дорого", "Дорого", "Передумали", ""):
        make_deal(status=Status.objects.get(pk=4), lost_reason=reason)
    deal = make_deal()
    assert web.post(address(deal), {"status": "4"}).context["reasons"] == ["Дорого", "Передумали"]
    web.post(address(deal), {"status": "4", "asked": "1", "lost_reason": "", "offered": "Передумали"})
    assert state(deal) == (4, "Передумали")


def test_reasons_are_of_the_deals_that_one_sees(client: Browser, marina: User) -> None:
    lost = Status.objects.get(pk=4)
    make_deal(status=lost, lost_reason="Чужая тайна", manager=marina)
    make_deal(status=lost, lost_reason="Дорого")
    client.force_login(make_user(own_only=True))
    assert client.post(address(make_deal()), {"status": "4"}).context["reasons"] == ["Дорого"]


def test_on_the_board_a_move_is_answered_with_the_card_and_all_heads(web: Browser) -> None:
    deal = make_deal("Стрижка")
    answer = web.post(address(deal), ON_BOARD | {"status": "2"}, headers=HTMX).content.decode()
    assert "afterbegin:#cards-2" in answer
    assert [f'id="head-{pk}"' in answer for pk in (1, 2, 3)] == [True, True, True]


def test_a_card_that_the_filter_hides_now_goes(web: Browser) -> None:
    deal = make_deal("Стрижка")
    headers = HTMX | {"HX-Current-URL": "http://testserver/?task=none"}
    answer = web.post(address(deal), ON_BOARD | {"status": "3"}, headers=headers).content.decode()
    assert (f'id="deal-{deal.pk}" hx-swap-oob="delete"' in answer, "afterbegin" in answer) == (True, False)


def test_on_the_board_the_question_for_the_reason_is_a_dialog(web: Browser) -> None:
    answer = web.post(address(make_deal()), ON_BOARD | {"status": "4"}, headers=HTMX)
    assert (answer.headers["HX-Retarget"], answer.templates[0].name) == ("#lose", "crm/_lose_form.html")


def test_who_saw_an_older_status_is_told_who_moved_the_deal(web: Browser) -> None:
    oleg = make_user(full_name="Олег")
    deal = make_deal("Стрижка")
    seen = last_change(deal.pk)
    move_deal(deal=deal, status=Status.objects.get(pk=3), by=oleg)
    answer = web.post(address(deal), {"status": "2", "seen": str(seen)})
    assert (answer.status_code, state(deal)) == (409, (3, ""))
    assert "Олег moved “Стрижка” to “Оплачена” meanwhile" in answer.content.decode()
    on_board = web.post(address(deal), ON_BOARD | {"status": "2", "seen": str(seen)}, headers=HTMX)
    assert ("afterbegin:#cards-3" in on_board.content.decode(), state(deal)) == (True, (3, ""))


def test_a_deal_that_is_not_seen_does_not_move(client: Browser, marina: User) -> None:
    client.force_login(make_user(own_only=True))
    deal = make_deal(manager=marina)
    assert (client.post(address(deal), {"status": "2"}).status_code, state(deal)) == (404, (1, ""))


def test_an_observer_moves_nothing(client: Browser) -> None:
    client.force_login(make_user(role=Role.OBSERVER))
    deal = make_deal()
    assert (client.post(address(deal), {"status": "2"}).status_code, state(deal)) == (403, (1, ""))
