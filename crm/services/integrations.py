"""Accounts of outside systems: their secrets, rights and state.

A secret is random and long, so it is kept as a fast keyed hash: a slow one would cost every page of a pull 190 ms. The
key is SECRET_KEY; what was hashed under one of SECRET_KEY_FALLBACKS is still known, and hashed anew when it is used.
"""

import secrets
from copy import copy
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from crm.models import Change, Integration, Role, SettingChange, User
from crm.models.prepared import prepared
from crm.services.setting_changes import differences, record_setting_change

Verb = SettingChange.Verb

SHORTEST_SECRET = 20
USED_EVERY = timedelta(minutes=1)

SECRET_COLUMNS = ("secret_hash", "token_hash", "secret_made_at")
OLD_SECRET_COLUMNS = ("old_secret_hash", "old_token_hash", "old_secret_until", "old_secret_used_at")
CHANGEABLE = frozenset({"rights", "dialect", "is_active", "allowed_addresses"})
LOGGED = (*sorted(CHANGEABLE), "old_secret_until")


def new_secret() -> str:
    """A random secret of 192 bits that needs no quoting in an address or a shell."""
    return secrets.token_urlsafe(24)


@transaction.atomic
def add_integration(
    *,
    login: str,
    secret: str | None = None,
    dialect: str | None = None,
    read_only: bool | None = None,
    allowed_addresses: list[str] | None = None,
    by: User | None = None,
    via: Change.Via = Change.Via.SYSTEM,
) -> tuple[Integration, str | None]:
    """Create an account, or change an existing one; None leaves what is there.

    The account is returned with its secret where it has a new one: it cannot be had again. ValidationError: the login
    is a person's or not well formed, the secret is too short.
    """
    login = login.strip()  # kept as typed: the token of the roistat dialect is made of it
    integration = Integration.objects.select_related("user").filter(user__login=login).first()
    before = copy(integration)
    if integration is None:
        integration = Integration(user=_service_user(login))
        secret = secret or new_secret()
    if dialect is not None:
        integration.dialect = Integration.Dialect(dialect)
    if read_only is not None:
        integration.rights = Integration.Rights.READ if read_only else Integration.Rights.READ_WRITE
    if allowed_addresses is not None:
        integration.allowed_addresses = allowed_addresses
    if secret is not None:
        set_secret(integration, secret)
    integration.save()
    if before is None:
        record_setting_change(about=integration, verb=Verb.ADDED, by=by, via=via)
    else:
        _record(before, integration, by=by, via=via, is_new_secret=secret is not None)
    return integration, secret


@transaction.atomic
def change_integration(
    *, integration: Integration, by: User | None, via: Change.Via = Change.Via.WEB, **columns: Any
) -> Integration:
    """Write the given columns: rights, dialect, is_active, allowed_addresses (networks that `read_networks` gave).

    Off, every request of the account is refused.
    """
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_integration() does not write {', '.join(sorted(unknown))}")
    integration = _locked(integration)
    before = copy(integration)
    for column, value in columns.items():
        setattr(integration, column, value)
    integration.save(update_fields=list(columns))
    _record(before, integration, by=by, via=via)
    return integration


@transaction.atomic
def rotate_secret(
    *,
    integration: Integration,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    overlap: timedelta = timedelta(0),
    at: datetime | None = None,
) -> str:
    """Give the account a new secret; it cannot be had again.

    The old one works for `overlap` more. One before it that still worked does so no longer.
    """
    now = at or timezone.now()
    integration = _locked(integration)
    former = copy(integration)
    before = (integration.secret_hash, integration.token_hash, now + overlap) if overlap else ("", "", None)
    integration.old_secret_hash, integration.old_token_hash, integration.old_secret_until = before
    integration.old_secret_used_at = None
    secret = new_secret()
    set_secret(integration, secret, at=now)
    integration.save(update_fields=[*SECRET_COLUMNS, *OLD_SECRET_COLUMNS])
    _record(former, integration, by=by, via=via, is_new_secret=True)
    return secret


@transaction.atomic
def end_old_secret(*, integration: Integration, by: User | None, via: Change.Via = Change.Via.WEB) -> Integration:
    """The secret before the present one is worth nothing from now on."""
    integration = _locked(integration)
    before = copy(integration)
    integration.old_secret_hash = integration.old_token_hash = ""
    integration.old_secret_until = integration.old_secret_used_at = None
    integration.save(update_fields=OLD_SECRET_COLUMNS)
    _record(before, integration, by=by, via=via)
    return integration


def set_secret(integration: Integration, secret: str, *, at: datetime | None = None) -> None:
    """Set the hashes, unsaved: of the secret, and of the token that the roistat dialect makes of it."""
    if len(secret) < SHORTEST_SECRET:
        raise ValidationError(
            _("A secret needs %(number)d characters or more.") % {"number": SHORTEST_SECRET}, code="short"
        )
    integration.secret_made_at = at or timezone.now()
    integration.secret_hash = keyed_hash(secret)
    integration.token_hash = keyed_hash(
        md5(f"{integration.login}{secret}".encode(), usedforsecurity=False).hexdigest()
    )


def keyed_hash(text: str, *, key: str | None = None) -> str:
    return salted_hmac("crm.integrations", text, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def account_by_secret(login: str, secret: str, *, at: datetime | None = None) -> Integration | None:
    """The active account with this login and secret, its service user loaded."""
    return _account(login, secret, "secret_hash", at=at)


def account_by_token(login: str, token: str, *, at: datetime | None = None) -> Integration | None:
    """The active account of the roistat dialect with this login and token, md5(login + secret) in hexadecimal."""
    account = _account(login, token.lower(), "token_hash", at=at)
    return account if account and account.dialect == Integration.Dialect.ROISTAT else None


def mark_used(integration: Integration, *, at: datetime) -> None:
    """Note that the account was used, and by which of its secrets, at most once a minute."""
    _note(integration, "last_used_at", at=at)
    if integration.came_by_old_secret:
        _note(integration, "old_secret_used_at", at=at)


def mark_pulled(integration: Integration, *, at: datetime) -> None:
    """Note that the account read the deals, at most once a minute."""
    _note(integration, "last_pull_at", at=at)


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


def _locked(integration: Integration) -> Integration:
    accounts = Integration.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return accounts.get(pk=integration.pk)


def _account(login: str, text: str, hash_name: str, *, at: datetime | None) -> Integration | None:
    account = next(iter(_active_by_login(login)), None)
    if account is None:
        return None
    names = [hash_name, f"old_{hash_name}"] if account.old_secret_works(at) else [hash_name]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        given = keyed_hash(text, key=key)
        for name in names:
            if not constant_time_compare(given, getattr(account, name)):
                continue
            if key != settings.SECRET_KEY:
                setattr(account, name, keyed_hash(text))
                account.save(update_fields=[name])
            account.came_by_old_secret = name != hash_name
            return account
    return None


@prepared
def _active_by_login(login: str) -> QuerySet[Integration]:
    return Integration.objects.active().select_related("user").filter(user__login=login)


def _record(
    before: Integration, after: Integration, *, by: User | None, via: Change.Via, is_new_secret: bool = False
) -> None:
    """Write into the log of settings what was changed; of a secret that there is a new one, and no more."""
    if is_new_secret:
        record_setting_change(about=after, verb=Verb.RENEWED, by=by, via=via, changes={"secret": (None, None)})
    changes = differences(before, after, LOGGED)
    record_setting_change(about=after, verb=Verb.CHANGED, by=by, via=via, changes=changes)


def _note(integration: Integration, column: str, *, at: datetime) -> None:
    stale = at - USED_EVERY
    noted = getattr(integration, column)
    if noted is None or noted < stale:
        old = Q(**{column: None}) | Q(**{f"{column}__lt": stale})
        Integration.objects.filter(old, pk=integration.pk).update(**{column: at})
