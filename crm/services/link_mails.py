"""Links to choose a password by, sent by e-mail."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import User
from crm.services.accounts import password_link
from crm.services.invitations import VALID, invitation_link

logger = logging.getLogger(__name__)


def link_for(user: User) -> str:
    """The address, without scheme and host, by which a person chooses his first password, or another one."""
    return invitation_link(user) if user.is_invited else password_link(user)


def send_link(user: User, link: str, *, by: User | None = None) -> bool | None:
    """Whether a link, with scheme and host, went to the person's e-mail; None where none is sent to him. `by` is who
    made it, None for whoever asked for it himself.

    A mail server that does not take it is told of in the server's log: the link is worth the same without it.
    """
    if not (settings.CAN_SEND_EMAIL and user.email):
        return None
    context = {"user": user, "by": by, "link": link, "days": VALID.days}
    with translation.override(user.language or translation.get_language()):
        if by is not None and user.is_invited:
            subject, text = _("An invitation to Orbita CRM"), "crm/invitation_message.txt"
        else:
            subject, text = _("A new password for Orbita CRM"), "crm/password_message.txt"
        message = EmailMessage(subject, render_to_string(text, context), to=[user.email])
    try:
        message.send()
    except (SMTPException, OSError) as error:
        logger.error("The link for %s could not be mailed: %s %s", user.login, type(error).__name__, error)
        return False
    return True
