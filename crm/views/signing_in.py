"""What the log of log-ins keeps of a request."""

from typing import Any

from django.http import HttpRequest

from crm.models import SignIn
from crm.services.sign_ins import record_sign_in


def note(request: HttpRequest, login: str, kind: SignIn.Kind, outcome: SignIn.Outcome | None = None) -> None:
    """Write down who logs in, or tries to; without an outcome he is refused, or locked out where axes says so."""
    if outcome is None:
        locked: Any = getattr(request, "axes_locked_out", False)
        outcome = SignIn.Outcome.LOCKED if locked else SignIn.Outcome.FAILURE
    record_sign_in(
        login=login,
        outcome=outcome,
        kind=kind,
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", ""),
    )
