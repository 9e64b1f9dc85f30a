"""The log of settings: whatever sets the installation up writes down who did what."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.models import Change, CustomField, SettingChange, Status
from crm.services.custom_fields import add_field, change_field, delete_field
from crm.services.field_choices import add_choice, delete_choice, rename_choice
from crm.services.setting_changes import record_setting_change
from crm.services.statuses import add_status, change_status, delete_status
from tests.factories import make_field, make_integration, make_user

pytestmark = pytest.mark.django_db


def told() -> list[tuple[Any, ...]]:
    """What the log holds, the first first."""
    return list(SettingChange.objects.order_by("pk").values_list("about", "name", "verb", "field", "old", "new"))


def test_a_status_tells_its_life() -> None:
    by = make_user()

    status = add_status(name="Примерка", by=by)
    status = change_status(status=status, name="Ожидание", palette="slate", stale_after=7, by=by, via=Change.Via.ADMIN)
    delete_status(status=status, by=by)

    assert told() == [
        ("status", "Примерка", "added", "", None, None),
        ("status", "Ожидание", "changed", "name", "Примерка", "Ожидание"),
        ("status", "Ожидание", "changed", "stale_after", None, 7),
        ("status", "Ожидание", "deleted", "", None, None),
    ]
    assert list(SettingChange.objects.order_by("pk").values_list("by", "via")) == [
        (by.pk, "web"),
        (by.pk, "admin"),
        (by.pk, "admin"),
        (by.pk, "web"),
    ]


def test_a_field_tells_its_life_and_that_of_its_choices() -> None:
    field = add_field(name="Филиал", type="choice", by=None)
    choice = add_choice(field=field, label="Центр", by=None)
    choice, _ = rename_choice(choice=choice, label="Север", by=None)
    delete_choice(choice=choice, by=None)
    change_field(field=field, type="text", by=None)
    delete_field(field=field, by=None)

    assert told() == [
        ("field", "Филиал", "added", "", None, None),
        ("field", "Филиал", "changed", "choice", None, "Центр"),
        ("field", "Филиал", "changed", "choice", "Центр", "Север"),
        ("field", "Филиал", "changed", "choice", "Север", None),
        ("field", "Филиал", "changed", "type", "choice", "text"),
        ("field", "Филиал", "deleted", "", None, None),
    ]


def test_what_is_saved_as_it_was_is_not_told() -> None:
    status, field = Status.objects.get(pk=1), make_field()

    change_status(status=status, name=status.name, by=None)
    change_field(field=field, type=field.type, by=None)

    assert told() == []


def test_of_a_secret_is_told_that_it_was_renewed_and_nothing_else() -> None:
    account = make_integration("roistat")
    SettingChange.objects.all().delete()

    record_setting_change(
        about=account, verb=SettingChange.Verb.RENEWED, by=None, changes={"secret": ("old secret", "new secret")}
    )

    assert told() == [("integration", "roistat", "renewed", "secret", None, None)]


def test_a_refused_write_is_not_told() -> None:
    source = CustomField.objects.get(name="source")

    with pytest.raises(ValidationError):
        change_field(field=source, name="7", by=None)

    assert told() == []
