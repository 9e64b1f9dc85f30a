"""Accounts of outside systems. A secret stands in one answer, and nowhere else."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from crm.models import Integration
from crm.services.integrations import account_by_secret
from tests.admin.pages import errors, save
from tests.factories import SECRET, make_integration, make_user

LIST = "/admin/crm/integration/"
NEW = {"login": "Roistat", "rights": "read", "dialect": "roistat"}


def shown_secret(response: Any) -> str:
    found = re.findall(r"<code>([\w-]{32})</code>", response.content.decode())
    assert len(found) == 1
    return str(found[0])


def test_a_new_account_has_the_secret_that_was_shown(office: Browser) -> None:
    response = office.post(f"{LIST}add/", NEW)

    account = account_by_secret("Roistat", shown_secret(response))
    assert account is not None
    assert (account.rights, account.dialect, account.is_active) == ("read", "roistat", True)
    assert "<code>http://testserver/analytics</code>" in response.content.decode()


def test_the_secret_is_kept_nowhere(office: Browser) -> None:
    response = office.post(f"{LIST}add/", NEW)
    secret = shown_secret(response)
    pages = [LIST, f"{LIST}1/change/", f"{LIST}1/history/", "/admin/"]
    account = Integration.objects.get()
    urls = [url.replace("/1/", f"/{account.pk}/") for url in pages]

    assert "no-store" in response["Cache-Control"]
    kept = [
        *(office.get(url).content.decode() for url in urls),
        *(str(session.get_decoded()) for session in Session.objects.all()),
        *(str(entry) for entry in LogEntry.objects.values_list("object_repr", "change_message")),
        str(response.cookies),
    ]
    assert [text for text in kept if secret in text or account.secret_hash in text or account.token_hash in text] == []


@pytest.mark.parametrize("login", ["", "a:b", "roistat", "boss", "a" * 151])
def test_a_login_that_cannot_be_is_refused(office: Browser, login: str) -> None:
    make_integration("roistat")

    response = office.post(f"{LIST}add/", NEW | {"login": login})

    assert list(errors(response)) == ["login"]
    assert Integration.objects.count() == 1


def test_rights_and_dialect_are_changed(office: Browser) -> None:
    account = make_integration()

    save(office, f"{LIST}{account.pk}/change/", rights="read", dialect="roistat")

    account.refresh_from_db()
    assert (account.rights, account.dialect) == ("read", "roistat")
    assert account_by_secret("roistat", SECRET) == account


def test_an_account_is_switched_off_and_on(office: Browser) -> None:
    account = make_integration()

    save(office, f"{LIST}{account.pk}/change/", is_active=None)
    assert account_by_secret("roistat", SECRET) is None

    save(office, f"{LIST}{account.pk}/change/", is_active="on")
    assert account_by_secret("roistat", SECRET) == account


def test_a_secret_is_rotated_after_a_question(office: Browser) -> None:
    account = make_integration()
    url = f"{LIST}{account.pk}/rotate/"

    question = office.get(url)
    assert account_by_secret("roistat", SECRET) == account

    response = office.post(url)
    assert "worth nothing" in question.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert account_by_secret("roistat", SECRET) is None
    assert account_by_secret("roistat", shown_secret(response)) == account


def test_no_account_is_deleted(office: Browser) -> None:
    account = make_integration()

    assert office.post(f"{LIST}{account.pk}/delete/", {"post": "yes"}).status_code == 403


def test_rotating_is_for_administrators(db: None) -> None:
    account = make_integration()
    session = Browser()
    session.force_login(make_user(), backend="crm.authentication.PersonBackend")

    assert session.post(f"{LIST}{account.pk}/rotate/").status_code == 302
    assert account_by_secret("roistat", SECRET) == account


def test_the_account_leads_to_its_calls(office: Browser) -> None:
    account = make_integration()

    content = office.get(LIST).content.decode()

    assert f"/admin/analytics_api/calllog/?integration={account.pk}" in content
