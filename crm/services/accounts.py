"""A person's own account: profile, password, and the very first one."""

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crm.models import Change, Role, User
from crm.services.demo.shop import DEMO_SERVICE
from crm.services.installation import change_installation
from crm.services.integrations import add_integration
from crm.services.locking import lock
from crm.services.people import add_user

# What people choose for themselves; role, rights and login are an administrator's.
OWN_COLUMNS = frozenset({"full_name", "email", "language", "zone", "theme", "not_told_of", "mailed_of"})


@transaction.atomic
def change_profile(*, user: User, **columns: Any) -> User:
    """Write what a person may choose for himself."""
    if unknown := columns.keys() - OWN_COLUMNS:
        raise TypeError(f"change_profile() does not write {', '.join(sorted(unknown))}")
    user = User.objects.people().select_for_update(no_key=True).get(pk=user.pk)
    for column, value in columns.items():
        setattr(user, column, value)
    user.full_clean(exclude={"login", "password"})
    user.save(update_fields=list(columns))
    return user


def remember_origin(*, user: User, origin: str) -> None:
    """Keep by which scheme and host he asks for pages, for the links of his e-mails."""
    if user.mailed_of and user.origin != origin:
        User.objects.filter(pk=user.pk).update(origin=origin)


def password_link(user: User) -> str:
    """The address, without scheme and host, at which this person can choose a password, once.

    It is void after PASSWORD_RESET_TIMEOUT, a log-in or a new password.
    """
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(user)])


def is_set_up() -> bool:
    """Whether a person exists: the one-time set-up page is gone for good then."""
    return bool(User.objects.people().exists())


def setup_token() -> str:
    """What the set-up page asks for: who reads the server's console is who set it up. The same on every node."""
    return salted_hmac("crm.setup", "first administrator", algorithm="sha256").hexdigest()[:32]


def is_setup_token(text: str) -> bool:
    return bool(constant_time_compare(text, setup_token()))


class AlreadySetUpError(Exception):
    """Somebody was first."""


@transaction.atomic
def set_up(*, login: str, full_name: str, password: str, language: str, with_demo: bool, **chosen: str) -> User:
    """Make the first administrator and, where asked for, a shop's data to look at: all of it or nothing.

    `chosen` are time zone and currency, where the environment leaves them open.
    AlreadySetUpError: a person exists. ValidationError: login or password will not do.
    """
    lock("setup")
    if is_set_up():
        raise AlreadySetUpError
    change_installation(by=None, via=Change.Via.SYSTEM, language=language, **chosen)
    if with_demo:
        add_integration(login=DEMO_SERVICE)
        call_command("seed_demo", verbosity=0)
    user = add_user(login=login, role=Role.ADMINISTRATOR, full_name=full_name, password=password)
    user.language = language
    user.save(update_fields=["language"])
    return user
