"""The log of settings: who set up what, written in the transaction of the write itself."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from crm.models import Change, CustomField, FirmPhone, Installation, Integration, SettingChange, Status, User
from crm.services.history import as_json

About = SettingChange.About
Verb = SettingChange.Verb

# What a row is called in the log.
NOUNS: dict[type[Model], About] = {
    Status: About.STATUS,
    CustomField: About.FIELD,
    User: About.PERSON,
    Integration: About.INTEGRATION,
    Installation: About.FIRM,
    FirmPhone: About.FIRM,
}
# That these were changed is told, never from what to what.
SECRETS = frozenset({"password", "secret", "secret_hash", "token_hash", "two_factor"})
LONGEST_NAME = 255

Differences = Mapping[str, tuple[Any, Any]]
Row = TypeVar("Row", bound=Model)


def change_locked(
    *, row: Row, columns: Mapping[str, Any], check: Callable[[Row], None], by: User | None, via: Change.Via
) -> tuple[Row, Row]:
    """Lock a row, write columns of it and tell of it; the row before and after. Within the caller's transaction.

    ValidationError: as `check`, which gets the row as it is to be.
    """
    after = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    before = copy(after)
    for column, value in columns.items():
        setattr(after, column, value)
    check(after)
    after.save(update_fields=list(columns))
    record_setting_change(about=after, verb=Verb.CHANGED, by=by, via=via, changes=differences(before, after, columns))
    return before, after


def record_setting_change(
    *,
    about: Model,
    verb: SettingChange.Verb,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    changes: Differences | None = None,
) -> None:
    """Write down what was done to `about`, a row that `NOUNS` knows; `by` None is the system itself.

    `changes` maps the names of fields to their values before and after, a row each: with none nothing was changed, so
    nothing is written. Without it the verb says all. Whatever `SECRETS` names is written without its values.
    """
    moment = timezone.now()
    told: Differences = {"": (None, None)} if changes is None else changes
    SettingChange.objects.bulk_create(
        SettingChange(
            at=moment,
            by=by,
            via=via,
            about=NOUNS[type(about)],
            row=about.pk,
            name=str(about)[:LONGEST_NAME],
            verb=verb,
            field=field,
            old=None if field in SECRETS else as_json(old),
            new=None if field in SECRETS else as_json(new),
        )
        for field, (old, new) in told.items()
    )


def differences(before: Model, after: Model, columns: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Those of the columns in which two states of a row differ, each with its value before and after."""
    pairs = {column: (getattr(before, column), getattr(after, column)) for column in columns}
    return {column: (old, new) for column, (old, new) in pairs.items() if old != new}
