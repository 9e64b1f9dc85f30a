"""Settings → Log."""

from datetime import timedelta

import pytest
from django.test import Client as HttpClient
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import CustomField, FirmPhone, SettingChange, Status, User
from crm.services.custom_fields import change_field
from crm.services.field_choices import add_choice, drop_choice
from crm.services.firm_phones import save_firm_phone
from crm.services.integrations import add_integration, rotate_secret
from crm.services.status_removal import remove_status
from crm.services.statuses import add_status, change_status, delete_status
from tests.factories import make_deal, make_field, make_user

pytestmark = pytest.mark.django_db
LOG = "/settings/log/"


def told(page: object) -> list[tuple[str, str, object, object]]:
    return [(one.sentence, one.label, one.old, one.new) for one in page.context["told"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_says_who_changed_what_from_what_to_what(
    office: HttpClient, administrator: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        author = make_user(full_name=f"Админ {number}")
        change_status(status=Status.objects.get(pk=1), palette=["teal", "red", "blue"][number], by=author)

    with django_assert_num_queries(5):
        page = office.get(LOG)

    assert told(page)[-1] == ("Status “Новая”", "colour", "Blue", "Teal")
    assert page.context["told"][-1].change.by.full_name == "Админ 0"


def test_every_kind_of_change_has_its_sentence(office: HttpClient, administrator: User) -> None:
    status = add_status(name="Примерка", by=administrator)
    delete_status(status=status, by=administrator)
    field = make_field(type="choice")
    choice = add_choice(field=field, label="Центр", by=administrator)
    drop_choice(choice=choice, by=administrator)
    change_field(field=field, is_required=True, by=administrator)
    account, secret = add_integration(login="roistat-log", by=administrator)
    save_firm_phone(phone=FirmPhone(entered="+7 495 123-45-67"), by=administrator)

    assert told(office.get(LOG))[::-1] == [
        ("A status is added: “Примерка”", "", None, None),
        ("A status is deleted: “Примерка”", "", None, None),
        ("Custom field “Филиал”", "new choice", None, "Центр"),
        ("Custom field “Филиал”", "removed choice", None, "Центр"),
        ("Custom field “Филиал”", "required", False, True),
        (f"An integration is added: “{account}”", "", None, None),
        ("A phone of the firm is added: +7 495 123-45-67", "", None, None),
    ]
    assert str(secret) not in office.get(LOG).content.decode()


def test_of_a_secret_there_is_only_that_it_is_new(office: HttpClient, administrator: User) -> None:
    account, _ = add_integration(login="roistat-log", by=administrator)
    new = rotate_secret(integration=account, by=administrator)

    page = office.get(f"{LOG}?about=integration")

    assert (page.context["told"][0].label, page.context["told"][0].is_secret) == ("secret", True)
    assert str(new) not in page.content.decode()


def test_the_log_is_narrowed_by_section_person_and_period(office: HttpClient, administrator: User) -> None:
    change_status(status=Status.objects.get(pk=1), name="Первая", by=administrator)
    change_field(field=CustomField.objects.get(pk=1), name="Откуда", by=None)
    SettingChange.objects.filter(about="status").update(at=timezone.now() - timedelta(days=40))

    assert [row[0] for row in told(office.get(f"{LOG}?about=field"))] == ["Custom field “Откуда”"]
    assert [row[0] for row in told(office.get(f"{LOG}?by={administrator.pk}"))] == ["Status “Первая”"]
    assert [row[0] for row in told(office.get(f"{LOG}?by=system"))] == ["Custom field “Откуда”"]
    assert [row[0] for row in told(office.get(f"{LOG}?period=week"))] == ["Custom field “Откуда”"]
    assert told(office.get(f"{LOG}?about=person")) == []
    assert len(told(office.get(f"{LOG}?about=nonsense&by=0&before=x"))) == 2


def test_the_log_is_paged_by_keys(office: HttpClient, administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.views.lists.ROWS_A_PAGE", 2)
    for name in ("Раз", "Два", "Три"):
        change_status(status=Status.objects.get(pk=1), name=name, by=administrator)

    first = office.get(LOG)
    rest = office.get(f"{LOG}?before={first.context['before']}")

    assert [row[3] for row in told(first)] == ["Три", "Два"]
    assert ([row[3] for row in told(rest)], rest.context["before"]) == (["Раз"], None)


def test_what_went_to_another_is_counted(office: HttpClient, administrator: User) -> None:
    make_deal(status=Status.objects.get(pk=2))
    remove_status(status=Status.objects.get(pk=2), to=Status.objects.get(pk=3), by=administrator)

    assert told(office.get(LOG))[::-1] == [
        ("Status “В работе”", "handed over", None, "1 deal → Оплачена"),
        ("Status “В работе”", "archived", False, True),
    ]


def test_moments_are_told_as_moments(office: HttpClient, administrator: User) -> None:
    account, _ = add_integration(login="roistat-log", by=administrator)
    rotate_secret(integration=account, overlap=timedelta(hours=1), by=administrator)

    label, old, new = next(row[1:] for row in told(office.get(LOG)) if row[1].startswith("old secret"))

    account.refresh_from_db()
    assert (label, old, new) == ("old secret works until", None, account.old_secret_until)
