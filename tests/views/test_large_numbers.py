"""Numbers of records stay digits in pages, however large: they stand in addresses and in what forms send back."""

import re

import pytest
from django.test import Client as Browser

from crm.models import Change, Deal, Status
from crm.services.clients import Visitor, create_client
from crm.services.history import last_change
from tests.factories import make_deal, make_message, make_task, make_user

pytestmark = pytest.mark.django_db
# A blank of any kind, or a mark, between groups of three digits.
GROUPED = re.compile(r"(?<![\d,.])1[\s\u00a0\u202f,.]234[\s\u00a0\u202f,.]5\d\d(?!\d)")


@pytest.fixture
def browser() -> Browser:
    browser = Browser(headers={"accept-language": "ru"})
    browser.force_login(make_user(role="administrator", language="ru"), backend="crm.authentication.PersonBackend")
    return browser


@pytest.fixture
def deal() -> Deal:
    client = create_client(visitor=Visitor(name="Анна", phone="88007000000"), by=None, number=1_234_500)
    deal = make_deal(client=client, number=1_234_501)
    make_message(deal)
    make_task(deal)
    Change.objects.create(pk=1_234_560, number=deal.pk, via="system", verb="changed", field="price", new="5")
    return deal


@pytest.mark.parametrize("path", ["/", "/deals/", "/deals/{deal}/", "/clients/", "/clients/{client}/"])
def test_no_page_groups_the_digits_of_a_record(browser: Browser, deal: Deal, path: str) -> None:
    address = path.format(deal=deal.pk, client=deal.client_id)
    text = browser.get(address).content.decode()
    assert re.search(r"1234[56]\d\d", text), "the page shows no such number at all"
    assert GROUPED.findall(text) == []


def test_a_deal_with_a_long_history_is_moved_from_the_board(browser: Browser, deal: Deal) -> None:
    text = browser.get("/").content.decode()
    [seen] = set(re.findall(r'data-seen="([^"]*)"', text))
    assert seen == str(last_change(deal.pk))

    browser.post(f"/deals/{deal.pk}/move/", {"status": "2", "seen": seen})

    assert Deal.objects.get().status == Status.objects.get(pk=2)
