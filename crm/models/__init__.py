"""What the CRM holds: fields, constraints and the questions that can be asked of them."""

from crm.models.attachment import Attachment
from crm.models.bulk import Bulk
from crm.models.call import Call, FirmPhone
from crm.models.change import Batch, Change
from crm.models.client import Client, Contact, ProbableDuplicates
from crm.models.custom_field import CustomField, FieldChoice, FieldValue
from crm.models.deal import Deal, StatusStay
from crm.models.hand_over import HandOver
from crm.models.installation import Installation
from crm.models.integration import Integration
from crm.models.job import Lease, Round
from crm.models.message import Message
from crm.models.notification import Notification, NotificationKind
from crm.models.saved_view import DefaultView, SavedView
from crm.models.setting_change import SettingChange
from crm.models.sign_in import SignIn
from crm.models.status import Palette, Pipeline, Status
from crm.models.task import Task
from crm.models.two_factor import Authenticator
from crm.models.user import Role, User

__all__ = [
    "Attachment",
    "Authenticator",
    "Batch",
    "Bulk",
    "Call",
    "Change",
    "Client",
    "Contact",
    "CustomField",
    "Deal",
    "DefaultView",
    "FieldChoice",
    "FieldValue",
    "FirmPhone",
    "HandOver",
    "Installation",
    "Integration",
    "Lease",
    "Message",
    "Notification",
    "NotificationKind",
    "Palette",
    "Pipeline",
    "ProbableDuplicates",
    "Role",
    "Round",
    "SavedView",
    "SettingChange",
    "SignIn",
    "Status",
    "StatusStay",
    "Task",
    "User",
]
