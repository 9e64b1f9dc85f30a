"""What a list that is put in order sends."""

from django.http import HttpRequest

# More rows than any list of settings has.
LAST_PLACE = 10_000


def place_asked(request: HttpRequest) -> int | None:
    """The place from 0 that `place` names; None for nonsense."""
    text = request.POST.get("place", "")
    return int(text) if text.isdecimal() and len(text) <= len(str(LAST_PLACE)) else None
