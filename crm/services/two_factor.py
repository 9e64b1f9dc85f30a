"""The second step of logging in: a code of an app (TOTP), or one of ten recovery codes that work once each.

Guessing is slowed down by django-otp: after each wrong code it waits twice as long before it looks at another one.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import ThrottlingMixin
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from crm.models import Authenticator, Change, SettingChange, User
from crm.models.two_factor import mark_of
from crm.services.setting_changes import record_setting_change

Verb = SettingChange.Verb
Via = Change.Via

RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
APP_DIGITS = 6


@dataclass(frozen=True)
class Checked:
    """What came of a code: right, or wrong, or not looked at for so many seconds."""

    right: bool = False
    wait: int = 0
    by_recovery: bool = False


def has_two_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, confirmed=True).exists())


def codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def offer_authenticator(*, user: User) -> Authenticator:
    """The app that is being set up: the same until it is confirmed."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    offers, mark = Authenticator.objects.filter(user=user, confirmed=False), mark_of(settings.SECRET_KEY)
    offered: Authenticator | None = offers.filter(name=mark).first()
    if offered is None:
        offers.delete()
        offered = Authenticator(user=user, confirmed=False, name=mark)
        offered.save()
    return offered


@transaction.atomic
def confirm_authenticator(*, user: User, code: str) -> tuple[Checked, list[str]]:
    """Switch the second step on by a code of the app that was offered; the recovery codes, which are told this once.

    His sessions end, but for the one whose hash is brought up to date.
    """
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    offered = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
    if offered is None or has_two_factor(user):
        return Checked(), []
    checked = _check(offered, _plain(code))
    if not checked.right:
        return checked, []
    offered.confirmed = True
    offered.save(update_fields=["confirmed"])
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    _tell(user, Verb.ADDED, by=user)
    return checked, _new_codes(user)


@transaction.atomic
def check_second_step(*, user: User, code: str) -> Checked:
    """Whether it is a code of the person's app, or one of his recovery codes, which is used up by that."""
    code = _plain(code)
    if len(code) == APP_DIGITS:
        app = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        return _check(app, code) if app else Checked()
    kept = StaticDevice.objects.select_for_update().filter(user=user).first()
    if kept is None:
        return Checked()
    hashes = list(_hashes(user, code))
    known = kept.token_set.filter(token__in=hashes).values_list("token", flat=True).first()
    checked = _check(kept, known or hashes[0])
    return Checked(checked.right, checked.wait, by_recovery=True)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes; the former ones are void. Of who has no second step, none."""
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    if not has_two_factor(user):
        return []
    _tell(user, Verb.RENEWED, by=user)
    return _new_codes(user)


@transaction.atomic
def remove_two_factor(*, user: User, by: User | None, via: Change.Via = Via.WEB) -> bool:
    """Back to the password alone; whether there was a second step."""
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    there_was = has_two_factor(user)
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    if there_was:
        _tell(user, Verb.DELETED, by=by, via=via)
    return there_was


def _check(device: ThrottlingMixin, code: str) -> Checked:
    allowed, why = device.verify_is_allowed()
    if not allowed:
        until = (why or {}).get("locked_until") or timezone.now()
        return Checked(wait=max(1, ceil((until - timezone.now()).total_seconds())))
    return Checked(right=bool(device.verify_token(code)))


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=next(_hashes(user, code))) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hashes(user: User, code: str) -> Iterator[str]:
    """How a recovery code is kept, by the secret key of today and by those of before."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        yield salted_hmac("crm.recovery", f"{user.pk}:{code}", secret=secret, algorithm="sha256").hexdigest()[:16]


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()


def _tell(user: User, verb: SettingChange.Verb, *, by: User | None, via: Change.Via = Via.WEB) -> None:
    record_setting_change(about=user, verb=verb, by=by, via=via, changes={"two_factor": (None, None)})
