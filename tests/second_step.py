"""A person with an app for codes, in tests."""

import time

from django_otp.oath import TOTP

from crm.models import Authenticator, User
from crm.services.two_factor import confirm_authenticator, offer_authenticator

STEP = 30


def code_of(app: Authenticator, *, ahead: int = 0) -> str:
    """What the app shows now, or so many codes later: one that was used is taken no second time."""
    totp = TOTP(app.bin_key)
    totp.time = time.time() + ahead * STEP
    return f"{totp.token():06d}"


def switched_on(user: User) -> tuple[Authenticator, list[str]]:
    """The app of a person who set up the second step some time ago, and his recovery codes."""
    app = offer_authenticator(user=user)
    _, codes = confirm_authenticator(user=user, code=code_of(app))
    Authenticator.objects.filter(user=user).update(last_t=-1)
    user.refresh_from_db()
    return Authenticator.objects.get(user=user), codes
