"""Rows of long lists, which are not written in Django's own language of templates."""

from typing import Any

import pytest
from django.template import engines
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from jinja2 import UndefinedError

from crm.models import Role
from crm.rows import address, cut
from crm.services.deals import trash_deal
from tests.factories import make_call, make_client, make_deal, make_field, make_task, make_user

NASTY = "<script>\"'&</script>"
SAFE = "&lt;script&gt;&#34;&#39;&amp;&lt;/script&gt;"


@pytest.mark.django_db
@pytest.mark.parametrize("listed", ["board", "deals", "clients", "tasks", "calls", "trash"])
def test_whatever_people_write_is_shown_as_text(client: Browser, listed: str) -> None:
    user = make_user(full_name=NASTY, role=Role.ADMINISTRATOR)
    named = make_client(NASTY, email=NASTY, company=NASTY, manager=user)
    field = make_field(NASTY, on_board=True, on_list=True)
    deal = make_deal(NASTY, client=named, manager=user, visit=NASTY, values={field: NASTY})
    make_task(deal, NASTY, due_at=timezone.now(), assignee=user)
    make_call(deal=deal, caller=NASTY, callee=NASTY, raw_status=NASTY, manager=user)
    trash_deal(deal=make_deal(NASTY, client=named), by=user)
    client.force_login(user)

    shown = client.get(reverse(listed), {"of": "all"} if listed == "tasks" else {}).content.decode()

    assert SAFE in shown
    assert '<script>"' not in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rest"), [("deal", ()), ("deal_field", ("price",)), ("task_done", ()), ("client", ())]
)
@pytest.mark.parametrize("number", [1, 10**6, 2**63 - 1])
def test_an_address_is_what_django_makes_of_it(name: str, rest: tuple[str, ...], number: int) -> None:
    assert address(name, number, *rest) == reverse(name, args=[number, *rest])


def test_a_row_that_asks_for_what_is_not_there_fails(rf: Any) -> None:
    with pytest.raises(UndefinedError):
        engines["rows"].from_string("{{ nothing }}").render({}, rf.get("/"))


def test_a_long_text_is_cut_and_says_so() -> None:
    assert [cut("абвгд", length) for length in (6, 5, 4)] == ["абвгд", "абвгд", "абв…"]
