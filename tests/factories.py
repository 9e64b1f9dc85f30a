"""Rows for tests: plain functions, each `make_x(**overrides)`, by the same services that the product uses."""

from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import (
    Attachment,
    Call,
    Change,
    Client,
    CustomField,
    Deal,
    Integration,
    Message,
    Role,
    SavedView,
    Status,
    Task,
    User,
)
from crm.services.attachments import add_attachment
from crm.services.clients import Visitor, create_client
from crm.services.deals import create_deal
from crm.services.integrations import add_integration
from crm.services.messages import write_message
from crm.services.saved_views import save_view
from crm.services.subjects import Subject
from crm.services.tasks import plan_task

PDF = b"%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\n%%EOF"
SECRET = "a-secret-of-the-tests"
_serial = count(1)


def make_user(**overrides: Any) -> User:
    """A manager unless `role` says otherwise."""
    number = next(_serial)
    columns: dict[str, Any] = {"login": f"person{number}", "full_name": f"Person {number}", "role": Role.MANAGER}
    user = User(**columns | overrides)
    user.was_responsible = user.role in Role.responsible()
    user.set_password("a password")
    user.save()
    return user


def make_integration(login: str = "roistat", *, secret: str = SECRET, **overrides: Any) -> Integration:
    """An account that reads and writes in the universe dialect unless said otherwise."""
    integration, _ = add_integration(login=login, secret=secret)
    for name, value in overrides.items():
        setattr(integration, name, value)
    integration.save()
    return integration


def make_client(name: str = "Анна", *, phone: str = "", email: str = "", **overrides: Any) -> Client:
    client = create_client(visitor=Visitor(name=name, phone=phone, email=email), by=None, via=Change.Via.SYSTEM)
    for column, value in overrides.items():
        setattr(client, column, value)
    client.save()
    return client


def make_deal(title: str = "Окрашивание", **columns: Any) -> Deal:
    """By `create_deal`: `values` maps custom fields to texts, `at` is when it arrived."""
    return create_deal(title=title, **{"by": None, "via": Change.Via.SYSTEM} | columns)


def make_status(name: str = "Ожидание", **columns: Any) -> Status:
    return Status.objects.create(**{"name": name, "position": 90} | columns)


def make_field(name: str = "Филиал", **columns: Any) -> CustomField:
    return CustomField.objects.create(**{"name": name, "position": 90} | columns)


def make_message(subject: Subject, text: str = "Перезвонить", **columns: Any) -> Message:
    return write_message(subject=subject, text=text, **{"by": None} | columns)


def make_task(subject: Subject, text: str = "Перезвонить", **columns: Any) -> Task:
    return plan_task(subject=subject, text=text, **{"by": None, "due_at": timezone.now()} | columns)


def make_attachment(
    subject: Deal | Client, name: str = "Договор.pdf", content: bytes = PDF, **columns: Any
) -> Attachment:
    options: dict[str, Any] = {"upload": SimpleUploadedFile(name, content), "by": None}
    return add_attachment(subject=subject, **options | columns)


def make_view(name: str = "Горящие", *, owner: User, query: str = "task=overdue", **columns: Any) -> SavedView:
    options: dict[str, Any] = {"page": "deals", "name": name, "query": query, "by": owner}
    return save_view(**options | columns)


def make_call(**columns: Any) -> Call:
    return Call.objects.create(**columns)
