"""Settings → Log-ins."""

from typing import Any

import pytest
from axes.models import AccessLog
from django.test import Client as HttpClient
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import Role, SignIn, User
from crm.reports.sign_ins import browser_in_words
from crm.services.invitations import invitation_link, invite
from crm.services.sign_ins import record_sign_in
from tests.factories import make_user
from tests.second_step import code_of, switched_on

pytestmark = pytest.mark.django_db
LIST = "/settings/sign-ins/"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 YaBrowser/25.2 Safari/537.36"


def log_in(client: HttpClient, *, wrong: bool = False, login: str = "anna") -> Any:
    typed = {"username": login, "password": "a guess" if wrong else "a password"}
    return client.post("/login/", typed, headers={"User-Agent": AGENT})


def rows() -> list[tuple[str, str, str]]:
    return list(SignIn.objects.order_by("pk").values_list("name", "kind", "outcome"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_many(
    office: HttpClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        login = make_user().login
        record_sign_in(login=login, outcome=SignIn.Outcome.SUCCESS, kind=SignIn.Kind.PASSWORD)

    with django_assert_num_queries(5):
        page = office.get(LIST)

    assert len(page.context["rows"]) == count


def test_each_log_in_is_told_with_address_and_browser(office: HttpClient, client: HttpClient) -> None:
    anna = make_user(login="anna")
    log_in(client, wrong=True)
    log_in(client)

    shown = office.get(LIST).context["rows"]

    assert [(row.person, row.outcome, row.address, browser) for row, browser in shown] == [
        (anna, "success", "127.0.0.1", "Yandex, Windows"),
        (anna, "failure", "127.0.0.1", "Yandex, Windows"),
    ]
    assert [row.outcome for row, _ in office.get(f"{LIST}?only=failed").context["rows"]] == ["failure"]


def test_nothing_of_a_log_in_is_kept_where_nothing_takes_it_away(client: HttpClient) -> None:
    make_user(login="anna")

    assert log_in(client).status_code == 302

    assert rows() == [("anna", "password", "success")]
    assert not AccessLog.objects.exists()


def test_codes_recovery_codes_and_invitations_are_told_apart(
    client: HttpClient, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_otp.plugins.otp_static.models.StaticDevice.get_throttle_factor", lambda self: 0)
    app, codes = switched_on(make_user(login="anna"))
    log_in(client)
    client.post("/login/code/", {"code": code_of(app)})
    client.logout()
    log_in(client)
    client.post("/login/code/", {"code": "letters"})
    client.post("/login/code/", {"code": codes[0]})
    client.logout()
    olga = invite(login="olga", role=Role.MANAGER, by=administrator)
    client.post(invitation_link(olga), {"new_password1": "quite another one", "new_password2": "quite another one"})

    assert rows() == [
        ("anna", "code", "success"),
        ("anna", "recovery", "failure"),
        ("anna", "recovery", "success"),
        ("olga", "link", "success"),
    ]


def test_a_password_typed_as_a_login_stands_nowhere(
    office: HttpClient, client: HttpClient, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    log_in(client, login="my-secret-password")

    assert "my-secret" not in office.get(LIST).content.decode()


def test_a_locked_login_is_opened_by_one_click(office: HttpClient, client: HttpClient, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    make_user(login="anna")
    assert [log_in(client, wrong=True).status_code for _ in range(2)] == [200, 429]
    assert log_in(client).status_code == 429
    assert rows()[-1] == ("anna", "password", "locked")
    [(attempt, _)] = office.get(LIST).context["locked"]

    office.post(f"{LIST}{attempt.pk}/open/")

    assert (office.get(LIST).context["locked"], log_in(client).status_code) == ([], 302)
    assert "The log-in of “" in office.get("/settings/log/").content.decode()


def test_it_is_paged_by_keys(office: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.views.lists.ROWS_A_PAGE", 2)
    kind, outcome = SignIn.Kind.PASSWORD, SignIn.Outcome.FAILURE
    made = [record_sign_in(login=str(number), outcome=outcome, kind=kind) for number in range(3)]

    first = office.get(LIST)
    second = office.get(f"{LIST}?before={first.context['before']}")

    assert [row for page in (first, second) for row, _ in page.context["rows"]] == made[::-1]
    assert office.get(f"{LIST}?before={'9' * 40}").status_code == 200


@pytest.mark.parametrize("number", [99, 10**30])
def test_what_is_not_locked_is_not_opened(office: HttpClient, number: int) -> None:
    assert office.post(f"{LIST}{number}/open/").status_code == 404


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox, Linux"),
        ("curl/8.5.0", "unknown browser"),
        ("", "unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words
