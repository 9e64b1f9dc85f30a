"""Accounts of outside systems: their secrets, rights and state.

A secret is random and long, so it is kept as a fast keyed hash: a slow one would cost every page of a pull 190 ms. The
key is SECRET_KEY; what was hashed under one of SECRET_KEY_FALLBACKS is still known, and hashed anew when it is used.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from crm.models import Integration, Role, User

SHORTEST_SECRET = 20
USED_EVERY = timedelta(minutes=1)

CHANGEABLE = frozenset({"rights", "dialect", "is_active"})


def new_secret() -> str:
    """A random secret of 192 bits that needs no quoting in an address or a shell."""
    return secrets.token_urlsafe(24)


@transaction.atomic
def add_integration(
    *, login: str, secret: str | None = None, dialect: str | None = None, read_only: bool | None = None
) -> tuple[Integration, str | None]:
    """Create an account, or change an existing one; None leaves what is there.

    The account is returned with its secret where it has a new one: it cannot be had again. ValidationError: the login
    is a person's or not well formed, the secret is too short.
    """
    login = login.strip()  # kept as typed: the token of the roistat dialect is made of it
    integration = Integration.objects.select_related("user").filter(user__login=login).first()
    if integration is None:
        integration = Integration(user=_service_user(login))
        secret = secret or new_secret()
    if dialect is not None:
        integration.dialect = Integration.Dialect(dialect)
    if read_only is not None:
        integration.rights = Integration.Rights.READ if read_only else Integration.Rights.READ_WRITE
    if secret is not None:
        set_secret(integration, secret)
    integration.save()
    return integration, secret


@transaction.atomic
def change_integration(*, integration: Integration, **columns: Any) -> Integration:
    """Write the given columns: rights, dialect, is_active. Off, every request of the account is refused."""
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_integration() does not write {', '.join(sorted(unknown))}")
    integration = (
        Integration.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=integration.pk)
    )
    for column, value in columns.items():
        setattr(integration, column, value)
    integration.save(update_fields=list(columns))
    return integration


@transaction.atomic
def rotate_secret(*, integration: Integration) -> str:
    """Give the account a new secret; the old one is worth nothing from now on. The new one cannot be had again."""
    integration = Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
    secret = new_secret()
    set_secret(integration, secret)
    integration.save(update_fields=["secret_hash", "token_hash"])
    return secret


def set_secret(integration: Integration, secret: str) -> None:
    """Set the hashes, unsaved: of the secret, and of the token that the roistat dialect makes of it."""
    if len(secret) < SHORTEST_SECRET:
        raise ValidationError(
            _("A secret needs %(number)d characters or more.") % {"number": SHORTEST_SECRET}, code="short"
        )
    integration.secret_hash = keyed_hash(secret)
    integration.token_hash = keyed_hash(
        md5(f"{integration.login}{secret}".encode(), usedforsecurity=False).hexdigest()
    )


def keyed_hash(text: str, *, key: str | None = None) -> str:
    return salted_hmac("crm.integrations", text, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def account_by_secret(login: str, secret: str) -> Integration | None:
    """The active account with this login and secret, its service user loaded."""
    return _account(login, secret, "secret_hash")


def account_by_token(login: str, token: str) -> Integration | None:
    """The active account of the roistat dialect with this login and token, md5(login + secret) in hexadecimal."""
    account = _account(login, token.lower(), "token_hash")
    return account if account and account.dialect == Integration.Dialect.ROISTAT else None


def mark_used(integration: Integration, *, at: datetime) -> None:
    """Note that the account was used, at most once a minute."""
    stale = at - USED_EVERY
    if integration.last_used_at is None or integration.last_used_at < stale:
        unused = Q(last_used_at=None) | Q(last_used_at__lt=stale)
        Integration.objects.filter(unused, pk=integration.pk).update(last_used_at=at)


def check_login(login: str) -> None:
    """ValidationError: an account cannot be made by this login."""
    if ":" in login:  # RFC 7617: the first colon ends the login
        raise ValidationError(_("A login has no colon in it."))
    if User.objects.filter(login=login).exists():
        raise ValidationError(_("The login “%(login)s” is taken.") % {"login": login})


def _service_user(login: str) -> User:
    check_login(login)
    user = User(login=login, full_name=login, kind=User.Kind.SERVICE, role=Role.MANAGER)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    return user


def _account(login: str, text: str, hash_name: str) -> Integration | None:
    account = Integration.objects.active().select_related("user").filter(user__login=login).first()
    if account is None:
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(keyed_hash(text, key=key), getattr(account, hash_name)):
            if key != settings.SECRET_KEY:
                setattr(account, hash_name, keyed_hash(text))
                account.save(update_fields=[hash_name])
            return account
    return None
