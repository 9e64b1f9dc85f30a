"""The seven actions of the protocol: one row, one module, one file of tests each."""

from analytics_api.actions.base import Action, Answer, Command
from analytics_api.actions.call import call
from analytics_api.actions.export import export
from analytics_api.actions.export_clients import export_clients
from analytics_api.actions.import_scheme import import_scheme
from analytics_api.actions.lead import lead
from analytics_api.actions.message import message
from analytics_api.actions.task import task

ACTIONS = {
    "import_scheme": Action(import_scheme),
    "export_clients": Action(export_clients),
    "export": Action(export),
    "lead": Action(lead, writes=True, first_value_wins=True),
    "message": Action(message, writes=True),
    "task": Action(task, writes=True),
    "call": Action(call, writes=True, first_value_wins=True),
}

__all__ = ["ACTIONS", "Action", "Answer", "Command"]
