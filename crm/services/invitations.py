"""Inviting somebody to work here: a link with which he chooses his password, once."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from crm.models import Change, SettingChange, User
from crm.services.people import add_user, set_password
from crm.services.setting_changes import record_setting_change

SALT = "crm.invitation"
VALID = timedelta(days=7)


class Void(Enum):
    """Why an invitation leads nowhere."""

    USED = "used"  # a password is chosen already, or a newer link was made
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # no link of ours, or whoever it was for is switched off


@dataclass(frozen=True)
class Invitation:
    """What a link says: whom it is for, or why it is void."""

    user: User | None = None
    void: Void | None = None


class InvitationVoidError(Exception):
    """Somebody was faster with this link."""


@transaction.atomic
def invite(*, login: str, role: str, by: User, **columns: Any) -> User:
    """Add a person who can sign in once he has chosen a password by `invitation_link`. ValidationError: `add_user`."""
    return add_user(login=login, role=role, by=by, via=Change.Via.WEB, verb=SettingChange.Verb.INVITED, **columns)


@transaction.atomic
def renew_invitation(*, user: User, by: User) -> User:
    """Make the links that were given out for this person void; those of one who has a password are void already."""
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    if user.is_invited:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        record_setting_change(about=user, verb=SettingChange.Verb.INVITED, by=by)
    return user


def invitation_link(user: User) -> str:
    """The address, without scheme and host, at which an invited person begins; valid for a week and once."""
    return reverse("invitation", args=[signing.dumps([user.pk, _mark(user)], salt=SALT)])


def read_invitation(token: str) -> Invitation:
    """Whom a link is for, or why it is void."""
    try:
        pk, mark = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.SignatureExpired:
        return Invitation(void=Void.EXPIRED)
    except (signing.BadSignature, ValueError):
        return Invitation(void=Void.UNKNOWN)
    user = User.objects.people().filter(pk=pk, is_active=True).first()
    if user is None:
        return Invitation(void=Void.UNKNOWN)
    if not (user.is_invited and constant_time_compare(mark, _mark(user))):
        return Invitation(void=Void.USED)
    return Invitation(user=user)


@transaction.atomic
def accept_invitation(*, token: str, password: str, language: str) -> User:
    """Give the person his first password. InvitationVoidError: the link is void. ValidationError: it is too weak."""
    invited = read_invitation(token).user
    if invited is None:
        raise InvitationVoidError
    User.objects.select_for_update(no_key=True).get(pk=invited.pk)
    if read_invitation(token).user is None:  # while this waited for the row
        raise InvitationVoidError
    user = set_password(user=invited, password=password)
    user.language = language
    user.save(update_fields=["language"])
    return user


def _mark(user: User) -> str:
    """Changes with every password, and with every unusable one."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()[:24]
