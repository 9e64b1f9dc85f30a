"""A client is erased, with all that was his, between the moment at which somebody opened it and that at which he
writes to it: he is told that it is not there, whatever he wrote.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model, QuerySet
from django.test import Client as Browser

from crm import access
from crm.models import Attachment, Change, Client, Deal, Task, User
from crm.services.erasing import erase_client
from tests.factories import make_attachment, make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db(transaction=True)

DUE = {"day": "2030-01-01", "time": "10:00"}
ADDRESSES: dict[str, dict[str, str]] = {
    "/deals/{deal}/move/": {"status": "2"},
    "/deals/{deal}/take/": {},
    "/deals/{deal}/fields/title/": {"title": "Стрижка"},
    "/deals/{deal}/row/price/": {"value": "100", "seen": "0"},
    "/deals/{deal}/comment/": {"text": "Перезвонить"},
    "/deals/{deal}/task/": {"text": "Перезвонить", **DUE},
    "/deals/{deal}/trash/": {},
    "/clients/{client}/field/name/": {"name": "Пётр"},
    "/clients/{client}/comment/": {"text": "Перезвонить"},
    "/clients/{client}/trash/": {},
    "/tasks/{task}/": {"text": "Написать", "assignee": "{marina}", **DUE},
    "/tasks/{task}/done/": {},
    "/files/{file}/remove/": {},
}


@pytest.fixture
def marina(client: Browser) -> User:
    user = make_user(full_name="Иванова Марина")
    client.force_login(user)
    return user


@pytest.fixture
def rows(marina: User) -> dict[str, Model]:
    person = make_client("Фролова Наталья")
    deal = make_deal(client=person)
    return {
        "client": person,
        "deal": deal,
        "task": make_task(deal, assignee=marina),
        "file": make_attachment(deal),
        "marina": marina,
    }


@pytest.fixture(autouse=True)
def _erased_when_looked_up(rows: dict[str, Model], marina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a view looks up is gone when it has it."""
    look_up = access._get

    def look_up_and_erase(found: QuerySet[Any], number: int) -> Any:
        row = look_up(found, number)
        for person in Client.objects.all():
            erase_client(client=person, by=marina, keep_deals=False)
        return row

    monkeypatch.setattr(access, "_get", look_up_and_erase)


@pytest.mark.parametrize("htmx", [True, False], ids=["fragment", "page"])
@pytest.mark.parametrize(("address", "data"), ADDRESSES.items(), ids=ADDRESSES)
def test_who_writes_to_what_was_erased_meanwhile_is_told_that_it_is_gone(
    client: Browser, rows: dict[str, Model], address: str, data: dict[str, str], htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    keys = {noun: row.pk for noun, row in rows.items()}

    answer = client.post(
        address.format(**keys), {name: text.format(**keys) for name, text in data.items()}, headers=headers
    )

    assert answer.status_code == 404
    assert [model.objects.count() for model in (Client, Deal, Task, Attachment)] == [0, 0, 0, 0]
    assert set(Change.objects.values_list("verb", flat=True)) == {Change.Verb.ERASED}


def test_a_file_for_what_was_erased_meanwhile_is_not_kept(
    client: Browser, rows: dict[str, Model], settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path

    answer = client.post(f"/deals/{rows['deal'].pk}/files/", {"file": SimpleUploadedFile("a.txt", b"a")})

    assert (answer.status_code, Attachment.objects.count()) == (404, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
