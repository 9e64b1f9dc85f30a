"""`import_scheme`: the statuses, fields and managers that orders refer to (PROTOCOL.md, section 2)."""

from analytics_api.actions.base import Answer, Command
from analytics_api.payloads import scheme


def import_scheme(command: Command) -> Answer:
    return Answer.of(scheme())
