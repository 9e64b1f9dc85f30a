"""Settings → People."""

import re

import pytest
from django.core import mail
from django.test import Client as HttpClient
from pytest_django import DjangoAssertNumQueries, Settings

from crm.models import Role, SettingChange, User
from crm.services.invitations import invitation_link, invite
from tests.factories import make_deal, make_task, make_user

SMTP = "django.core.mail.backends.smtp.EmailBackend"
NOBODY_LISTENS = 1  # a port of this machine

pytestmark = pytest.mark.django_db
LIST = "/settings/people/"
FORM = {"full_name": "Петрова Ольга", "login": "Olga", "email": "olga@example.ru", "role": "manager", "own_only": "on"}
GOOD = {"new_password1": "quite another one", "new_password2": "quite another one", "language": "ru"}


def browser(user: User) -> HttpClient:
    client = HttpClient()
    client.force_login(user)
    return client


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_shows_each_person_with_his_work(
    office: HttpClient, administrator: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_user(full_name=f"Я {number}") for number in range(count)]
    for user in people:
        make_task(make_deal(manager=user), assignee=user)
    gone = make_user(is_active=False)

    with django_assert_num_queries(4):
        page = office.get(LIST)

    assert [(row.pk, row.deal_count, row.task_count) for row in page.context["here"]] == [
        (administrator.pk, 0, 0),
        *((user.pk, 1, 1) for user in people),
    ]
    assert page.context["left"] == [gone]


def test_an_invited_person_chooses_a_password_and_is_in(office: HttpClient, client: HttpClient) -> None:
    page = office.post(f"{LIST}invite/", FORM)
    address = re.sub(r"^http://[^/]+", "", page.context["link"])

    assert b"<strong>olga</strong>" in client.get(address).content
    assert client.post(address, GOOD).headers["Location"] == "/"

    olga = User.objects.get(login="olga")
    assert (olga.own_only, olga.language, client.session["_auth_user_id"]) == (True, "ru", str(olga.pk))
    again = client.get(address)
    assert (again.status_code, again.context["void"].value) == (410, "used")


def test_the_link_is_mailed_where_that_is_set_up(office: HttpClient, settings: Settings) -> None:
    settings.CAN_SEND_EMAIL = True

    page = office.post(f"{LIST}invite/", FORM)

    [message] = mail.outbox
    assert (message.to, page.context["link"] in message.body) == (["olga@example.ru"], True)
    assert "Your login: olga" in message.body


def test_a_mail_server_that_takes_nothing_keeps_no_link_back(
    office: HttpClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CAN_SEND_EMAIL = True
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, NOBODY_LISTENS

    page = office.post(f"{LIST}invite/", FORM)

    assert page.context["link"] in page.content.decode()
    assert "It could not be sent to olga@example.ru" in page.content.decode()
    [told] = [record.getMessage() for record in caplog.records if record.name == "crm.services.link_mails"]
    assert told.startswith("The link for olga could not be mailed")
    assert page.context["link"] not in caplog.text


def test_a_link_is_kept_nowhere(office: HttpClient) -> None:
    link = office.post(f"{LIST}invite/", FORM).context["link"]

    assert link not in office.get(f"{LIST}{User.objects.get(login='olga').pk}/").content.decode()
    assert "no-store" in office.post(f"{LIST}invite/", FORM | {"login": "oleg"}).headers["Cache-Control"]


def test_what_is_wrong_is_said(office: HttpClient, administrator: User) -> None:
    page = office.post(f"{LIST}invite/", FORM | {"login": administrator.login, "email": "нет"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["email"])

    page = office.post(f"{LIST}invite/", FORM | {"login": administrator.login})
    assert page.context["form"].errors == {"login": [f"The login “{administrator.login}” is taken."]}


def test_a_person_is_changed(office: HttpClient, administrator: User) -> None:
    user = make_user()

    office.post(f"{LIST}{user.pk}/", FORM | {"role": "observer"})

    user.refresh_from_db()
    assert (user.full_name, user.login, user.role) == ("Петрова Ольга", "olga", "observer")
    assert {change.by for change in SettingChange.objects.all()} == {administrator}


def test_ones_own_rights_are_not_offered(office: HttpClient, administrator: User) -> None:
    office.post(f"{LIST}{administrator.pk}/", FORM)

    administrator.refresh_from_db()
    assert (administrator.full_name, administrator.role) == ("Петрова Ольга", Role.ADMINISTRATOR)

    make_user(role=Role.ADMINISTRATOR)
    assert office.post(f"{LIST}{administrator.pk}/off/").status_code == 422
    assert office.get(LIST).status_code == 200


def test_who_is_switched_off_is_out_at_once_and_his_old_sessions_never_come_back(office: HttpClient) -> None:
    user = make_user()
    session = browser(user)
    assert session.get("/").status_code == 200

    office.post(f"{LIST}{user.pk}/off/")

    assert session.get("/").headers["Location"].startswith("/login/")
    fragment = session.get("/notifications/news/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"].startswith("/login/")

    office.post(f"{LIST}{user.pk}/on/")

    assert session.get("/").headers["Location"].startswith("/login/")
    assert browser(User.objects.get(pk=user.pk)).get("/").status_code == 200


def test_a_link_for_another_password_is_made(office: HttpClient, client: HttpClient) -> None:
    user = make_user()

    link = office.post(f"{LIST}{user.pk}/link/").context["link"]

    assert client.get(re.sub(r"^http://[^/]+", "", link), follow=True).context["validlink"]


def test_a_new_invitation_makes_the_old_one_void(office: HttpClient, client: HttpClient, administrator: User) -> None:
    olga = invite(login="olga", role=Role.MANAGER, by=administrator)
    old = invitation_link(olga)

    office.post(f"{LIST}{olga.pk}/link/")

    assert client.get(old).status_code == 410


def test_who_is_switched_off_gets_no_link(office: HttpClient) -> None:
    assert office.post(f"{LIST}{make_user(is_active=False).pk}/link/").status_code == 302


def test_work_is_handed_over_with_its_numbers_told_before(office: HttpClient) -> None:
    olga, oleg = make_user(), make_user()
    deal = make_deal(manager=olga)

    form = office.get(f"{LIST}{olga.pk}/hand-over/").context["form"]
    assert form.fields["deals"].choices[0][1] == "The open ones: 1"

    page = office.post(f"{LIST}{olga.pk}/hand-over/", {"taker": oleg.pk, "deals": "open"}, follow=True)

    deal.refresh_from_db()
    assert (deal.manager, page.context["hand"].state) == (oleg, "done")


def test_a_hand_over_needs_somebody_and_something(office: HttpClient) -> None:
    olga, oleg = make_user(), make_user()
    make_deal(manager=olga)

    assert office.post(f"{LIST}{olga.pk}/hand-over/", {"taker": "", "deals": "open"}).status_code == 422
    page = office.post(f"{LIST}{olga.pk}/hand-over/", {"taker": oleg.pk, "deals": ""})
    assert page.context["form"].non_field_errors() == ["Choose what is handed over."]


@pytest.mark.parametrize("address", ["", "off/", "hand-over/"])
@pytest.mark.parametrize("number", [99, 10**30])
def test_a_person_who_is_not_there_is_not_found(office: HttpClient, address: str, number: int) -> None:
    assert office.get(f"{LIST}{number}/{address}").status_code == 404
