"""People who work in the CRM."""

from copy import copy
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Change, Role, SettingChange, User
from crm.services.locking import lock
from crm.services.setting_changes import differences, record_setting_change

Verb = SettingChange.Verb
Via = Change.Via


@transaction.atomic
def add_user(
    *,
    login: str,
    role: str,
    full_name: str = "",
    password: str | None = None,
    by: User | None = None,
    via: Change.Via = Via.SYSTEM,
    verb: SettingChange.Verb = Verb.ADDED,
    **columns: Any,
) -> User:
    """Add a person; `columns` are further columns of User. Without a password nobody can sign in until one is set.

    ValidationError: the login is taken or not well formed, the role unknown, the password too weak.
    """
    user = User(login=login.strip().lower(), role=Role(role), full_name=full_name.strip(), **columns)
    user.was_responsible = role in Role.responsible()
    check_login_is_free(user)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean()
    user.save()
    record_setting_change(about=user, verb=verb, by=by, via=via)
    return user


@transaction.atomic
def change_user(*, user: User, by: User | None = None, via: Change.Via = Via.SYSTEM, **columns: Any) -> User:
    """Write the given columns of a person. Switching him off ends his sessions for good.

    ValidationError: the login is taken, or nobody would be left to administer the installation.
    """
    lock("administrators")
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    before = copy(user)
    for column, value in columns.items():
        setattr(user, column, value)
    user.login = user.login.strip().lower()
    check_login_is_free(user)
    check_administrator_stays(user)
    user.was_responsible = user.was_responsible or user.role in Role.responsible()
    if before.is_active and not user.is_active:
        user.session_epoch += 1
    user.save(update_fields=[*columns, "was_responsible", "session_epoch"])
    record_setting_change(about=user, verb=Verb.CHANGED, by=by, via=via, changes=differences(before, user, columns))
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None = None, via: Change.Via = Via.WEB) -> User:
    """Give a person a new password; his sessions end. It is told in the log of settings where `by` is another.

    ValidationError: it is too weak.
    """
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    if by not in (None, user):
        told = {"password": (None, None)}
        record_setting_change(about=user, verb=Verb.CHANGED, by=by, via=via, changes=told)
    return user


def check_not_oneself(user: User, by: User) -> None:
    """ValidationError: a person is about to take his own rights away."""
    if user == by:
        raise ValidationError(_("That is you: ask another administrator, so that nobody locks himself out."))


def check_login_is_free(user: User) -> None:
    """ValidationError: somebody else, a person or a service, has this login."""
    if User.objects.filter(login=user.login).exclude(pk=user.pk).exists():
        raise ValidationError({"login": _("The login “%(login)s” is taken.") % {"login": user.login}})


def check_administrator_stays(user: User) -> None:
    """ValidationError by field: with this person as he is to be, nobody would be left who can administer."""
    if user.is_administrator or list(User.objects.administrators().values_list("pk", flat=True)[:2]) != [user.pk]:
        return
    field = "role" if user.is_active else "is_active"
    raise ValidationError({field: _("This is the last active administrator: somebody has to administer.")})
