"""People who work in the CRM."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Role, User
from crm.services.locking import lock


@transaction.atomic
def add_user(*, login: str, role: str, full_name: str = "", password: str | None = None, **columns: Any) -> User:
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
    return user


@transaction.atomic
def change_user(*, user: User, **columns: Any) -> User:
    """Write the given columns of a person. Switching him off ends his sessions: every request asks if he is active.

    ValidationError: the login is taken, or nobody would be left to administer the installation.
    """
    lock("administrators")
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    for column, value in columns.items():
        setattr(user, column, value)
    user.login = user.login.strip().lower()
    check_login_is_free(user)
    check_administrator_stays(user)
    user.was_responsible = user.was_responsible or user.role in Role.responsible()
    user.save(update_fields=[*columns, "was_responsible"])
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> User:
    """Give a person a new password; his sessions end. ValidationError: it is too weak."""
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def check_login_is_free(user: User) -> None:
    """ValidationError: somebody else, a person or a service, has this login."""
    if User.objects.filter(login=user.login).exclude(pk=user.pk).exists():
        raise ValidationError({"login": _("The login “%(login)s” is taken.") % {"login": user.login}})


def check_administrator_stays(user: User) -> None:
    """ValidationError by field: with this person as he is to be, no active administrator would be left."""
    administrators = User.objects.people().filter(role=Role.ADMINISTRATOR, is_active=True)
    if user.is_administrator or list(administrators.values_list("pk", flat=True)[:2]) != [user.pk]:
        return
    field = "role" if user.is_active else "is_active"
    raise ValidationError({field: _("This is the last active administrator: somebody has to administer.")})
