"""The log of who logged in, and who tried to; names that were guessed at too often, and their opening."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm.models import SettingChange, SignIn, User
from crm.services.setting_changes import record_setting_change

# A row is kept so long, but of a flood of guesses only the newest so many.
KEPT = timedelta(days=180)
ROWS = 100_000
BEGINNING = 3


def record_sign_in(
    *, login: str, outcome: SignIn.Outcome, kind: SignIn.Kind, address: str = "", agent: str = ""
) -> SignIn:
    """Write down a log-in by its login as typed; one that nobody has is kept by its beginning."""
    login = login.strip().lower()
    return SignIn.objects.create(
        person=User.objects.people().filter(login=login[:150]).first(),
        name=safe_names([login])[login],
        address=address[:45],
        agent=agent[:300],
        outcome=outcome,
        kind=kind,
    )


def locked_names(at: datetime | None = None) -> "QuerySet[AccessAttempt]":
    """Names that are closed now, each from one address."""
    since = (at or timezone.now()) - timedelta(hours=settings.AXES_COOLOFF_TIME)
    guessed = AccessAttempt.objects.filter(
        attempt_time__gt=since, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    locked: QuerySet[AccessAttempt] = guessed.exclude(username=None).order_by("-attempt_time")
    return locked


def safe_names(logins: Iterable[str]) -> dict[str, str]:
    """How logins that were typed may be shown: that of a person whole, of any other the beginning."""
    typed = list(logins)
    people = User.objects.people().filter(login__in=typed)
    known = set(people.values_list("login", flat=True))
    return {login: login if login in known else f"{login[:BEGINNING]}…" for login in typed}


@transaction.atomic
def unlock(*, attempt: "AccessAttempt", by: User) -> None:
    """Let this name be tried again from where it was guessed at."""
    reset(username=attempt.username, ip=attempt.ip_address)
    person = User.objects.people().filter(login=attempt.username or "").first()
    if person is not None:
        told = {"lock": (None, None)}
        record_setting_change(about=person, verb=SettingChange.Verb.RENEWED, by=by, changes=told)


def trim_sign_ins(at: datetime | None = None) -> None:
    """A round: what is old goes, and what a flood of guesses left."""
    SignIn.objects.filter(at__lt=(at or timezone.now()) - KEPT).delete()
    first_too_many = SignIn.objects.order_by("-pk").values_list("pk", flat=True)[ROWS : ROWS + 1].first()
    if first_too_many is not None:
        SignIn.objects.filter(pk__lte=first_too_many).delete()
