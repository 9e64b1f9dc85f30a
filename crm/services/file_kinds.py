"""Which files are taken: by the ending of the name and by what they begin with, which must agree."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# What decides stands at the beginning.
HEAD = 4096
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A text that begins so is a page or a picture that can run.
MARKUP = re.compile(rb"^\W{0,3}\s*<(?:!|\?|[a-z])", re.IGNORECASE)


class RefusedFileError(Exception):
    """The file is not taken; the text says why, in the person's language."""


@dataclass(frozen=True)
class Kind:
    """`begins` are the beginnings one of which a file has, each with its place; none: it is plain text."""

    media_type: str
    begins: tuple[tuple[int, bytes], ...] = ()
    # What Pillow calls it, where a preview is made of it.
    picture: str = ""

    def fits(self, head: bytes) -> bool:
        if not self.begins:
            return b"\0" not in head and not MARKUP.match(head)
        return any(head[at : at + len(start)] == start for at, start in self.begins)


WORD = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
JPEG = Kind("image/jpeg", ((0, b"\xff\xd8\xff"),), picture="JPEG")
HEIC = Kind("image/heic", ((4, b"ftypheic"), (4, b"ftypheix"), (4, b"ftypmif1"), (4, b"ftyphevc")))
VIDEO = Kind("video/mp4", ((4, b"ftyp"),))
KINDS = {
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": Kind("image/png", ((0, b"\x89PNG\r\n\x1a\n"),), picture="PNG"),
    "gif": Kind("image/gif", ((0, b"GIF87a"), (0, b"GIF89a")), picture="GIF"),
    "webp": Kind("image/webp", ((8, b"WEBP"),), picture="WEBP"),
    "heic": HEIC,
    "heif": HEIC,
    "pdf": Kind("application/pdf", ((0, b"%PDF-"),)),
    "docx": Kind(f"{WORD}wordprocessingml.document", ((0, ZIP),)),
    "xlsx": Kind(f"{WORD}spreadsheetml.sheet", ((0, ZIP),)),
    "pptx": Kind(f"{WORD}presentationml.presentation", ((0, ZIP),)),
    "odt": Kind(f"{OPEN}text", ((0, ZIP),)),
    "ods": Kind(f"{OPEN}spreadsheet", ((0, ZIP),)),
    "odp": Kind(f"{OPEN}presentation", ((0, ZIP),)),
    "doc": Kind("application/msword", ((0, OLE),)),
    "xls": Kind("application/vnd.ms-excel", ((0, OLE),)),
    "ppt": Kind("application/vnd.ms-powerpoint", ((0, OLE),)),
    "rtf": Kind("application/rtf", ((0, b"{\\rtf"),)),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
    "zip": Kind("application/zip", ((0, ZIP), (0, b"PK\x05\x06"))),
    "rar": Kind("application/vnd.rar", ((0, b"Rar!\x1a\x07"),)),
    "7z": Kind("application/x-7z-compressed", ((0, b"7z\xbc\xaf\x27\x1c"),)),
    "mp3": Kind("audio/mpeg", ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"))),
    "wav": Kind("audio/wav", ((8, b"WAVE"),)),
    "ogg": Kind("audio/ogg", ((0, b"OggS"),)),
    "m4a": Kind("audio/mp4", ((4, b"ftyp"),)),
    "mp4": VIDEO,
    "mov": Kind("video/quicktime", ((4, b"ftyp"), (4, b"moov"), (4, b"wide"), (4, b"mdat"))),
}


def kind_of(name: str, head: bytes) -> Kind:
    """The kind of a file by its name and beginning. RefusedFileError where they name none, or two."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(ending)
    if kind is None:
        raise RefusedFileError(
            _("“%(name)s” is not taken: only pictures, documents, tables, texts, archives, sound and video are.")
            % {"name": name}
        )
    if not kind.fits(head):
        raise RefusedFileError(_("“%(name)s” is not taken: what is in it is not what its name says.") % {"name": name})
    return kind
