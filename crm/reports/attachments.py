"""The files of a deal or a client as its card shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Q, QuerySet, Value, When

from crm.models import Attachment, Client, Contact, Deal

PDF = "application/pdf"


@dataclass(frozen=True)
class FileRow:
    pk: int
    name: str
    size: int
    kind: str
    preview: str
    added_by: str
    added_at: datetime
    removed_at: datetime | None

    @property
    def opens(self) -> bool:
        """Whether a browser may show it."""
        return bool(self.preview) or self.kind == PDF

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2].upper()[:4]


@dataclass
class Files:
    """The newest first; `removed` are those that can be restored."""

    present: list[FileRow] = field(default_factory=list)
    removed: list[FileRow] = field(default_factory=list)


def files_of(subject: Deal | Client) -> Files:
    return _files(_file_rows(subject))


def files_and_contacts(deal: Deal) -> tuple[Files, list[Contact]]:
    """What hangs on a deal, and the contacts of its client in their order; one query for both."""
    text, moment = Value("", CharField()), Value(None, DateTimeField())
    contacts = (
        Contact.objects.filter(client=deal.client_id)
        .order_by()
        .values_list(
            Value("contact", CharField()), "pk", "entered", "position", "kind", "normalised", text, moment, moment
        )
    )
    rows = list(_file_rows(deal).union(contacts, all=True))
    found = [
        Contact(pk=pk, client_id=deal.client_id, entered=entered, position=position, kind=kind, normalised=normalised)
        for what, pk, entered, position, kind, normalised, *_ in rows
        if what == "contact"
    ]
    return _files(rows), sorted(found, key=lambda contact: (contact.position, contact.pk))


def _file_rows(subject: Deal | Client) -> QuerySet[Attachment, Any]:
    who = Case(When(added_by__full_name="", then=F("added_by__login")), default=F("added_by__full_name"))
    rows: QuerySet[Attachment, Any] = (
        Attachment.objects.filter(Q(deal=subject) if isinstance(subject, Deal) else Q(client=subject))
        .order_by()
        .values_list(
            Value("file", CharField()),
            F("pk"),
            F("name"),
            F("size"),
            F("kind"),
            F("preview"),
            who,
            F("added_at"),
            F("removed_at"),
        )
    )
    return rows


def _files(rows: Iterable[tuple[Any, ...]]) -> Files:
    files = Files()
    for what, *row in sorted(rows, key=lambda row: row[1], reverse=True):
        if what == "file":
            one = FileRow(*row)
            (files.present if one.removed_at is None else files.removed).append(one)
    return files
