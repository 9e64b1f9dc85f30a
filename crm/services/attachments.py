"""Files on deals and clients."""

from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from unicodedata import category

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Attachment, Change, Client, Deal, User
from crm.models.attachment import random_path
from crm.services.file_kinds import HEAD, RefusedFileError, kind_of
from crm.services.history import Entry, record
from crm.services.previews import UnreadablePictureError, make_preview
from crm.services.subjects import belonging

LONGEST_NAME = 150


class StorageFailedError(Exception):
    """The disk did not take the file; nothing of it was kept."""


def add_attachment(
    *,
    subject: Deal | Client,
    upload: UploadedFile,
    by: User | None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
) -> Attachment:
    """Keep a file that somebody sent. RefusedFileError, StorageFailedError: neither row nor file is left."""
    name = plain_name(upload.name or "")
    kind = kind_of(name, _head_of(name, upload))
    try:
        preview = make_preview(upload, kind.picture) if kind.picture else None
    except UnreadablePictureError as error:
        raise RefusedFileError(
            _("“%(name)s” is not taken: it is no picture that can be opened.") % {"name": name}
        ) from error
    attachment = Attachment(
        name=name,
        size=upload.size or 0,
        kind=kind.media_type,
        sha256=_digest(upload),
        added_by=by,
        added_at=at or timezone.now(),
        **belonging(subject),
    )
    written: list[str] = []
    try:
        attachment.stored.name = _write(upload, written)
        attachment.preview.name = _write(ContentFile(preview), written) if preview else ""
        with transaction.atomic():
            attachment.save(force_insert=True)
            record(_told(attachment, removed=False), by=by, via=via, at=attachment.added_at)
    except Exception:
        _delete(written)
        raise
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User | None, via: Change.Via = Change.Via.WEB) -> Attachment:
    """Take a file from the card; it stays where it lies, to be restored."""
    return _mark(attachment, timezone.now(), by=by, via=via)


@transaction.atomic
def restore_attachment(*, attachment: Attachment, by: User | None, via: Change.Via = Change.Via.WEB) -> Attachment:
    return _mark(attachment, None, by=by, via=via)


def erase_attachments(which: Q) -> None:
    """Delete the rows, and once that is certain what lies on the disk. In the caller's transaction."""
    rows = Attachment.objects.filter(which)
    paths = [path for row in rows for path in (row.stored.name, row.preview.name) if path]
    rows.delete()
    transaction.on_commit(partial(_delete, paths))


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def plain_name(name: str) -> str:
    """A name as people see it: without a path, without what cannot be seen, not longer than LONGEST_NAME. Its ending
    stays.
    """
    seen = "".join(" " if category(letter)[0] == "Z" else letter for letter in name if category(letter)[0] != "C")
    path = PurePath(seen.replace("\\", "/")).name.strip()
    stem, ending = PurePath(path).stem, PurePath(path).suffix
    return path if len(path) <= LONGEST_NAME else f"{stem[: LONGEST_NAME - len(ending[:20])]}{ending[:20]}"


def _head_of(name: str, upload: UploadedFile) -> bytes:
    """The first bytes of a file that is neither empty nor too large."""
    if not upload.size:
        raise RefusedFileError(_("“%(name)s” is not taken: it is empty.") % {"name": name})
    if upload.size > settings.FILE_MAX_BYTES:
        said = {
            "name": name,
            "size": filesizeformat(upload.size),
            "most": filesizeformat(settings.FILE_MAX_BYTES),
        }
        raise RefusedFileError(_("“%(name)s” is not taken: it has %(size)s, and %(most)s are the most.") % said)
    upload.seek(0)
    return bytes(upload.read(HEAD))


def _digest(upload: UploadedFile) -> str:
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _write(content: File, written: list[str]) -> str:  # type: ignore[type-arg]
    """The path under which the content lies now. It is in `written` even when it was written in part."""
    path = random_path(Attachment(), "")
    written.append(path)
    try:
        return default_storage.save(path, content)
    except OSError as error:
        raise StorageFailedError from error


def _mark(attachment: Attachment, removed_at: datetime | None, *, by: User | None, via: Change.Via) -> Attachment:
    attachment = Attachment.objects.select_for_update(of=("self",), no_key=True).get(pk=attachment.pk)
    if (attachment.removed_at is None) != (removed_at is None):
        attachment.removed_at = removed_at
        attachment.save(update_fields=["removed_at"])
        record(_told(attachment, removed=removed_at is not None), by=by, via=via)
    return attachment


def _told(attachment: Attachment, *, removed: bool) -> Entry:
    """In the history of what the file is on."""
    names = (attachment.name, None) if removed else (None, attachment.name)
    return Entry(attachment.deal_id or attachment.client_id or 0, Change.Verb.CHANGED, "file", *names)
