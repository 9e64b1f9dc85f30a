"""Pictures made anew of pictures that somebody sent: nothing of the original but what it looks like is in them."""

from io import BytesIO
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

LARGEST_SIDE = 1280
# More dots than this are not unpacked: 200 MB of memory. A JPEG is unpacked smaller than it is.
MOST_DOTS = {"JPEG": 120_000_000}
MOST_DOTS_ELSE = 50_000_000
# What Pillow says of a picture that is none, is broken, or would fill the memory.
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)

# One at a time a process, whatever many people send.
_unpacking = Lock()


class UnreadablePictureError(Exception):
    """It begins as a picture and is none, or is too large to be one."""


def make_preview(file: IO[bytes], picture: str) -> bytes | None:
    """A WebP no larger than LARGEST_SIDE; None of what is too large to be unpacked safely.

    `picture` is the one format that it may have. UnreadablePictureError.
    """
    file.seek(0)
    try:
        with _unpacking, Image.open(file, formats=[picture]) as opened:
            if opened.width * opened.height > MOST_DOTS.get(picture, MOST_DOTS_ELSE):
                return None
            opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            image = ImageOps.exif_transpose(opened)
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            made = BytesIO()
            image.save(made, "WEBP", quality=80)
            return made.getvalue()
    except UNREADABLE as error:
        raise UnreadablePictureError from error
    finally:
        file.seek(0)
