"""Rows of the log of settings in people's words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, Field, Model
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from crm.models import CustomField, Installation, Integration, SettingChange, Status, User
from crm.reports.changes import column_label

About, Verb = SettingChange.About, SettingChange.Verb

MODELS: dict[str, type[Model]] = {
    About.STATUS: Status,
    About.FIELD: CustomField,
    About.PERSON: User,
    About.INTEGRATION: Integration,
    About.FIRM: Installation,
}
# What is no column of the model, or has another name on the pages.
LABELS = {
    "position": gettext_lazy("place in the order"),
    "choice": gettext_lazy("choice"),
    "choices": gettext_lazy("order of the choices"),
    "secret": gettext_lazy("secret"),
    "password": gettext_lazy("password"),
    "networks": gettext_lazy("allowed addresses"),
    "full_name": gettext_lazy("name"),
}
SENTENCES = {
    (About.STATUS, Verb.ADDED): gettext_lazy("A status is added: “%(name)s”"),
    (About.STATUS, Verb.DELETED): gettext_lazy("A status is deleted: “%(name)s”"),
    (About.FIELD, Verb.ADDED): gettext_lazy("A custom field is added: “%(name)s”"),
    (About.FIELD, Verb.DELETED): gettext_lazy("A custom field is deleted: “%(name)s”"),
    (About.PERSON, Verb.ADDED): gettext_lazy("A person is added: “%(name)s”"),
    (About.PERSON, Verb.INVITED): gettext_lazy("A person is invited: “%(name)s”"),
    (About.PERSON, Verb.DELETED): gettext_lazy("A person is deleted: “%(name)s”"),
    (About.INTEGRATION, Verb.ADDED): gettext_lazy("An integration is added: “%(name)s”"),
    (About.INTEGRATION, Verb.DELETED): gettext_lazy("An integration is deleted: “%(name)s”"),
    (About.FIRM, Verb.ADDED): gettext_lazy("A phone of the firm is added: %(name)s"),
    (About.FIRM, Verb.DELETED): gettext_lazy("A phone of the firm is removed: %(name)s"),
}
# What one person or one status gave to another: how much of it is `old`, to whom it went `new`.
HANDED = {
    "deals": ngettext_lazy("%(count)d deal → %(to)s", "%(count)d deals → %(to)s", "count"),
    "tasks": ngettext_lazy("%(count)d task → %(to)s", "%(count)d tasks → %(to)s", "count"),
    "clients": ngettext_lazy("%(count)d client → %(to)s", "%(count)d clients → %(to)s", "count"),
}
# Of these the verb says what came of the field.
WHOLE = {
    ("two_factor", Verb.ADDED): gettext_lazy("“%(name)s” has the two-step log-in now"),
    ("two_factor", Verb.RENEWED): gettext_lazy("“%(name)s” has new recovery codes"),
    ("two_factor", Verb.DELETED): gettext_lazy("The two-step log-in of “%(name)s” is removed"),
    ("lock", Verb.RENEWED): gettext_lazy("The log-in of “%(name)s” is unlocked"),
}
SUBJECTS = {
    About.STATUS: gettext_lazy("Status “%(name)s”"),
    About.FIELD: gettext_lazy("Custom field “%(name)s”"),
    About.PERSON: gettext_lazy("Person “%(name)s”"),
    About.INTEGRATION: gettext_lazy("Integration “%(name)s”"),
}


@dataclass(frozen=True)
class ToldSetting:
    """`sentence` says it all, or whom it is about: then `label` is the field, `old` and `new` its values as texts or
    truth values, None for what is not set; of a secret neither is ever known.
    """

    change: SettingChange
    sentence: str
    label: str
    old: Any
    new: Any
    is_secret: bool


def tell_setting(change: SettingChange) -> ToldSetting:
    """One row; it reads nothing more from the database than the row with its `by`."""
    if change.verb == Verb.HANDED_OVER and change.field in HANDED:
        return ToldSetting(change, _sentence(change), _("handed over"), None, _handed(change), is_secret=False)
    is_gone = change.field == "choice" and change.new is None  # what went says more than that nothing came
    label = "" if (change.field, change.verb) in WHOLE else change.field and _label(change)
    return ToldSetting(
        change=change,
        sentence=_sentence(change),
        label=label,
        old=None if is_gone else _value(change, change.old),
        new=_value(change, change.old if is_gone else change.new),
        is_secret=bool(label) and change.old is None and change.new is None,
    )


def _sentence(change: SettingChange) -> str:
    named = {"name": change.name}
    if (change.field, change.verb) in WHOLE:
        return str(WHOLE[change.field, Verb(change.verb)]) % named
    whole = SENTENCES.get((About(change.about), Verb(change.verb)))
    if whole is not None and not change.field:
        return str(whole) % named
    subject = SUBJECTS.get(About(change.about))
    said = str(subject) % named if subject is not None else str(About(change.about).label)
    return said if change.field else f"{said}: {change.get_verb_display()}"


def _handed(change: SettingChange) -> str:
    return str(HANDED[change.field] % {"count": change.old, "to": change.new})


def _label(change: SettingChange) -> str:
    if change.field == "choice" and change.old is None:
        return _("new choice")
    if change.field == "choice" and change.new is None:
        return _("removed choice")
    column = column_label(MODELS[change.about], change.field) or column_label(User, change.field)
    return str(LABELS.get(change.field) or column or change.field)


def _column(change: SettingChange) -> Field[Any, Any] | None:
    fields = MODELS[change.about]._meta.get_fields()
    return next((one for one in fields if isinstance(one, Field) and one.name == change.field), None)


def _value(change: SettingChange, value: Any) -> Any:
    if value is None or value == "":
        return None
    column = _column(change)
    if isinstance(column, DateTimeField):
        return parse_datetime(value)
    if column is not None and column.choices:
        value = dict(column.flatchoices).get(value, value)
    elif isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    return value if isinstance(value, bool) else capfirst(str(value)) if column and column.choices else str(value)
