"""The seven actions of the protocol: one row, one module, one file of tests each."""

from analytics_api.actions.base import Action, Answer, Command
from analytics_api.actions.call import call
from analytics_api.actions.export import export
from analytics_api.actions.export_clients import export_clients
from analytics_api.actions.import_scheme import import_scheme
from analytics_api.actions.lead import lead
from analytics_api.actions.message import message
from analytics_api.actions.task import task

PAGES = ("date", "offset", "limit")
LEAD = ("title", "name", "phone", "email", "text", "data", "manager_id", "created_date", "visit", "id")
CALL = ("id", "caller", "callee", "date", "status", "duration", "file_url", "visit", "marker", "order_id")

ACTIONS = {
    "import_scheme": Action(import_scheme),
    "export_clients": Action(export_clients, parameters=PAGES),
    "export": Action(export, parameters=PAGES),
    "lead": Action(lead, writes=True, first_value_wins=True, parameters=LEAD),
    "message": Action(message, writes=True, parameters=("leadId", "title", "message")),
    "task": Action(task, writes=True, parameters=("element_id", "deadline", "text")),
    "call": Action(call, writes=True, first_value_wins=True, parameters=CALL),
}

__all__ = ["ACTIONS", "Action", "Answer", "Command"]
