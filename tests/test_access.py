"""Who may see and do what, at every address of the URL table.

The cast: a stranger, an observer, the owner of a deal, and another manager who sees only own deals, as the owner does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpResponseBase
from django.test import Client as HttpClient
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from crm.models import Attachment, Batch, Bulk, Call, Client, Deal, Notification, Role, SavedView, Task, User
from crm.services.bulk import prepare_bulk
from crm.services.undoing import CHANGE, start_batch
from tests.factories import make_attachment, make_call, make_client, make_deal, make_task, make_user, make_view

pytestmark = pytest.mark.django_db

SECRET = "Тайная"
SECRET_PHONE = "+7 923 410-29-94"
REFUSALS = {401, 403, 404, 405}


@dataclass(frozen=True)
class Rule:
    """What an address is for; `on` is the noun of the record it names, by which it may be hidden."""

    reads: bool = False
    writes: bool = False
    on: str = ""
    public: int = 0
    own: bool = False  # a person's own affairs: an observer has them too
    private: bool = False  # the record is its owner's alone, whatever others may see
    administers: bool = False  # for administrators alone, whatever the method
    personal: bool = False  # written by its owner alone; for nobody else it exists, whatever he may see


def public(status: int) -> Rule:
    return Rule(public=status)


READ, WRITE, FORM = Rule(reads=True), Rule(writes=True), Rule(reads=True, writes=True)
ADMINISTER = Rule(administers=True)
PERSONAL = Rule(personal=True)
OWN = Rule(reads=True, own=True)
OWN_WRITE = Rule(writes=True, own=True)


def read(on: str) -> Rule:
    return Rule(reads=True, on=on)


def write(on: str) -> Rule:
    return Rule(writes=True, on=on)


RULES = {
    "board": READ,
    "board_changes": READ,
    "board_add": WRITE,
    "board_column": READ,
    "deals": READ,
    "deal_figures": READ,
    "deal_new": WRITE,
    "deal_new_clients": READ,
    "deal": read("deal"),
    "deal_move": write("deal"),
    "deal_take": write("deal"),
    "deal_field": write("deal"),
    "deal_row": read("deal"),
    "deal_cell": write("deal"),
    "deal_comment": write("deal"),
    "deal_task": write("deal"),
    "deal_call": write("deal"),
    "deal_files": write("deal"),
    "deal_trash": write("deal"),
    "deal_restore": write("deal"),
    "deal_bulks": READ,
    "deal_bulk_new": WRITE,
    "deal_bulk": write("bulk"),
    "deal_bulk_start": write("bulk"),
    "deal_bulk_undo": write("bulk"),
    "clients": READ,
    "client_new": WRITE,
    "client_known": READ,
    "client": read("client"),
    "client_field": write("client"),
    "client_contacts": write("client"),
    "client_comment": write("client"),
    "client_task": write("client"),
    "client_call": write("client"),
    "client_files": write("client"),
    "client_trash": write("client"),
    "client_restore": write("client"),
    "client_erase": ADMINISTER,
    "tasks": READ,
    "task_new": WRITE,
    "task": write("task"),
    "task_done": write("task"),
    "task_reopen": write("task"),
    "task_move": write("task"),
    "calls": READ,
    "call_attach": write("call"),
    "call_detach": write("call"),
    "call_deal": write("call"),
    "trash": READ,
    "trash_restore": WRITE,
    "batch_undo": write("batch"),
    "mentions": READ,
    "notifications": OWN,
    "notification_news": OWN,
    "notification_read_all": OWN_WRITE,
    "notification": Rule(reads=True, on="notification", private=True),
    "search": READ,
    "subjects": READ,
    "file": read("file"),
    "file_view": read("file"),
    "file_remove": write("file"),
    "file_restore": write("file"),
    "views": OWN,
    "view_add": OWN_WRITE,
    "view": PERSONAL,
    "view_query": PERSONAL,
    "view_default": PERSONAL,
    "view_move": PERSONAL,
    "view_delete": PERSONAL,
    "settings": ADMINISTER,
    "settings_firm": ADMINISTER,
    "settings_firm_demo": ADMINISTER,
    "settings_firm_phone_add": ADMINISTER,
    "settings_firm_phone_delete": ADMINISTER,
    "settings_fields": ADMINISTER,
    "settings_fields_new": ADMINISTER,
    "settings_fields_edit": ADMINISTER,
    "settings_fields_place": ADMINISTER,
    "settings_fields_remove": ADMINISTER,
    "settings_fields_restore": ADMINISTER,
    "settings_fields_choice_add": ADMINISTER,
    "settings_fields_choice": ADMINISTER,
    "settings_fields_choice_place": ADMINISTER,
    "settings_fields_choice_remove": ADMINISTER,
    "settings_log": ADMINISTER,
    "settings_statuses": ADMINISTER,
    "settings_statuses_new": ADMINISTER,
    "settings_statuses_edit": ADMINISTER,
    "settings_statuses_place": ADMINISTER,
    "settings_statuses_remove": ADMINISTER,
    "settings_statuses_restore": ADMINISTER,
    "settings_integrations": ADMINISTER,
    "settings_integrations_new": ADMINISTER,
    "settings_integrations_calls": ADMINISTER,
    "settings_integrations_call": ADMINISTER,
    "settings_integrations_call_replay": ADMINISTER,
    "settings_integrations_edit": ADMINISTER,
    "settings_integrations_try": ADMINISTER,
    "settings_integrations_secret": ADMINISTER,
    "settings_integrations_old_end": ADMINISTER,
    "settings_integrations_off": ADMINISTER,
    "settings_integrations_on": ADMINISTER,
    "settings_people": ADMINISTER,
    "settings_people_invite": ADMINISTER,
    "settings_people_edit": ADMINISTER,
    "settings_people_link": ADMINISTER,
    "settings_people_off": ADMINISTER,
    "settings_people_on": ADMINISTER,
    "settings_people_hand_over": ADMINISTER,
    "settings_people_two_step": ADMINISTER,
    "settings_people_handed": ADMINISTER,
    "settings_sign_ins": ADMINISTER,
    "settings_sign_ins_open": ADMINISTER,
    "invitation": public(410),
    "login": public(200),
    "login_code": public(302),
    "logout": OWN_WRITE,
    "profile": OWN,
    "profile_theme": OWN_WRITE,
    "profile_notifications": OWN_WRITE,
    "profile_password": OWN_WRITE,
    "profile_two_step": OWN,
    "profile_two_step_codes": OWN_WRITE,
    "profile_two_step_off": OWN_WRITE,
    "password_forgotten": public(200),
    "password_reset_confirm": public(200),
    "setup": public(404),
    "healthz": public(200),
    "readyz": public(200),
    "admin/login/": public(302),
    "analytics": public(401),
}


def addresses(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern, str]]:
    """Name, pattern and route of every address but those of Django's admin, which a test of its own walks."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.name or route, entry, route
        elif isinstance(entry, URLResolver) and entry.namespace != "admin":
            yield from addresses(entry.url_patterns, route)


# What an address cannot do without.
QUERIES = {"board_column": {"after": "2100-01-01T00:00:00+00:00,1"}}

ADDRESSES = {name: pattern for name, pattern, _ in addresses()}


def named(which: str) -> list[str]:
    """The addresses whose rule has this mark: "reads", "writes", "administers" or "public"."""
    return [name for name in ADDRESSES if getattr(RULES.get(name, Rule()), which)]


@dataclass(frozen=True)
class Shop:
    """What the owner has: each of it would be seen where the rule leaked."""

    owner: User
    other: User
    observer: User
    deal: Deal
    client: Client
    task: Task
    call: Call
    view: SavedView
    file: Attachment
    batch: Batch
    bulk: Bulk
    notification: Notification

    def url(self, name: str, **query: str) -> str:
        """The address `name` with the owner's rows in it."""
        if "/" in name:
            return f"/{name}"
        noun = RULES[name].on or name.partition("_")[0]
        parts: dict[str, Any] = {"status": self.deal.status_id, "uidb64": "MQ", "token": "none", "phone": 1}
        parts |= {"user": self.owner.pk, "number": 1, "field": 1, "choice": 1, "integration": 1}
        parts |= {"name": "price" if noun == "deal" else "name"}
        parts |= {"number": getattr(self, noun).pk} if hasattr(self, noun) else {}
        wanted = ADDRESSES[name].pattern.converters
        return reverse(
            name, kwargs={part: parts[part] for part in wanted}, query=QUERIES.get(name, {}) | query or None
        )


@pytest.fixture
def shop() -> Shop:
    owner = make_user(login="owner", own_only=True)
    client = make_client(f"{SECRET} Фролова", phone=SECRET_PHONE, manager=owner)
    deal = make_deal(f"{SECRET} укладка", client=client, manager=owner, visit="437272")
    other = make_user(login="other", own_only=True)
    observer = make_user(login="observer", role=Role.OBSERVER)
    for person in (other, observer):
        # He was told of it while it was his: what he may see no more he is told of no more.
        Notification.objects.create(person=person, kind="deal", deal=deal)
    return Shop(
        owner=owner,
        other=other,
        observer=observer,
        deal=deal,
        client=client,
        task=make_task(deal, f"{SECRET} задача", assignee=owner),
        call=make_call(deal=deal, caller=SECRET_PHONE, callee="1", manager=owner, status=Call.Status.NOANSWER),
        view=make_view(f"{SECRET} подборка", owner=owner),
        file=make_attachment(deal, f"{SECRET}.pdf"),
        bulk=prepare_bulk(deed="trash", numbers=[deal.pk], by=owner),
        batch=start_batch(kind=CHANGE, by=owner),
        notification=Notification.objects.get(person=owner, kind="deal"),
    )


def browser(user: User | None) -> HttpClient:
    client = HttpClient()
    if user is not None:
        client.force_login(user)
    return client


def is_log_in(answer: HttpResponseBase) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("login"))


def is_let_in(answer: HttpResponseBase) -> bool:
    status = status_of(answer)
    return status not in REFUSALS and status < 500


def status_of(answer: HttpResponseBase) -> int:
    """Of an answer read to its end, where a file is closed."""
    if answer.streaming:
        b"".join(answer)
    return answer.status_code


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert sorted(ADDRESSES) == sorted(RULES)


@pytest.mark.parametrize("name", named("public"))
def test_what_is_public_answers_a_stranger(shop: Shop, name: str) -> None:
    assert browser(None).get(shop.url(name)).status_code == RULES[name].public


@pytest.mark.parametrize("name", [name for name in ADDRESSES if not RULES.get(name, Rule()).public])
def test_a_stranger_has_to_log_in(shop: Shop, name: str) -> None:
    stranger = browser(None)

    assert is_log_in(stranger.get(shop.url(name)))
    assert is_log_in(stranger.post(shop.url(name)))


@pytest.mark.parametrize("name", named("reads"))
def test_an_observer_and_the_owner_read_everything(shop: Shop, name: str) -> None:
    assert is_let_in(browser(shop.owner).get(shop.url(name)))
    assert is_let_in(browser(shop.observer).get(shop.url(name))) is not RULES[name].private


@pytest.mark.parametrize("name", named("writes"))
def test_an_observer_writes_nothing_but_his_own_account(shop: Shop, name: str) -> None:
    answer = browser(shop.observer).post(shop.url(name))

    assert is_let_in(answer) if RULES[name].own else answer.status_code == 403


@pytest.mark.parametrize("name", named("writes"))
def test_the_owner_writes(shop: Shop, name: str) -> None:
    assert is_let_in(browser(shop.owner).post(shop.url(name)))


@pytest.mark.parametrize("name", named("personal"))
def test_what_is_personal_exists_for_its_owner_alone(shop: Shop, name: str) -> None:
    for other in (shop.observer, shop.other, make_user(role=Role.ADMINISTRATOR)):
        assert browser(other).post(shop.url(name)).status_code == 404

    assert is_let_in(browser(shop.owner).post(shop.url(name)))


@pytest.mark.parametrize("name", named("administers"))
def test_what_is_for_administrators_is_closed_to_all_others(shop: Shop, name: str) -> None:
    for other in (shop.observer, shop.owner):
        assert browser(other).get(shop.url(name)).status_code == 403
        assert browser(other).post(shop.url(name)).status_code == 403


@pytest.mark.parametrize("name", named("administers"))
def test_an_administrator_is_let_in(shop: Shop, name: str) -> None:
    administrator = browser(make_user(role=Role.ADMINISTRATOR))

    assert any(
        is_let_in(answer) or answer.status_code == 404
        for answer in (administrator.get(shop.url(name)), administrator.post(shop.url(name)))
    )


@pytest.mark.parametrize("name", named("on"))
def test_what_another_manager_does_not_see_does_not_exist(shop: Shop, name: str) -> None:
    other = browser(shop.other)
    answers = [other.post(shop.url(name))] if RULES[name].writes else []
    answers += [other.get(shop.url(name))] if RULES[name].reads else []

    assert [answer.status_code for answer in answers] == [404]


@pytest.mark.parametrize("name", [name for name in named("reads") if not RULES[name].on])
@pytest.mark.parametrize(
    "query", [{}, {"q": "тайная"}, {"q": SECRET_PHONE}, {"phone": SECRET_PHONE}, {"q": "437272"}], ids=str
)
def test_no_page_of_another_manager_mentions_what_is_not_his(shop: Shop, name: str, query: dict[str, str]) -> None:
    page = browser(shop.other).get(shop.url(name, **query), follow=True)

    assert SECRET not in page.content.decode()
    assert f"/{shop.deal.pk}/" not in page.content.decode()


@pytest.mark.parametrize("name", ["board", "deals", "clients", "tasks", "notifications", "search"])
def test_the_owner_sees_what_could_have_leaked(shop: Shop, name: str) -> None:
    query = {"q": "тайная"} if name == "search" else {}

    assert SECRET in browser(shop.owner).get(shop.url(name, **query), follow=True).content.decode()


def test_the_administration_is_for_administrators(shop: Shop) -> None:
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    urls = [reverse(name) for name in ["admin:index", *lists]]

    for person in (shop.observer, shop.owner):
        client = browser(person)
        assert [client.get(url, follow=True).status_code for url in urls] == [403] * len(urls)
    stranger = browser(None)
    assert all(stranger.get(url, follow=True).redirect_chain[-1][0].startswith(reverse("login")) for url in urls)
