"""People who work in the CRM."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Role, User


@transaction.atomic
def add_user(*, login: str, role: str, full_name: str = "", password: str | None = None) -> User:
    """Add a person. Without a password nobody can sign in by this login until one is set.

    ValidationError: the login is taken or not well formed, the role unknown, the password too weak.
    """
    user = User(login=login.strip().lower(), role=Role(role), full_name=full_name.strip())
    if User.objects.filter(login=user.login).exists():
        raise ValidationError(_("The login “%(login)s” is taken.") % {"login": user.login})
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean()
    user.save()
    return user
