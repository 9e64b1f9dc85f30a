"""Where `message` and `task` land: "a deal or another entity" (PROTOCOL.md, section 3)."""

from django.utils.translation import gettext as _

from analytics_api.actions.base import Command
from analytics_api.errors import CommandError
from crm.services.subjects import Subject, find_subject


def subject_named_by(command: Command, name: str) -> Subject:
    """What the number in parameter `name` leads to; CommandError where it is absent or names nothing."""
    subject = find_subject(command.parameters.number(name))
    if subject is None:
        raise CommandError(
            _("Parameter %(name)s: there is nothing with the number %(number)s.")
            % {"name": name, "number": command.parameters[name][:40]}
        )
    return subject
