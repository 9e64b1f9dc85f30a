"""`call`: a telephone call, reported when it starts and again when it ends (PROTOCOL.md, section 3)."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from analytics_api.actions.base import Answer, Command
from analytics_api.errors import CommandError
from analytics_api.limits import LINE, LINK, OUTSIDE_ID
from analytics_api.parameters import read_moment, read_whole_number
from crm.models import Change, Deal
from crm.models.number import LARGEST
from crm.services.calls import CallReport, report_call

# What the databases' integer for a duration holds, in seconds.
LONGEST = 2**31 - 1

web_address = URLValidator(schemes=["http", "https"])


def call(command: Command) -> Answer:
    report = read_report(command)
    row = report_call(report=report, by=command.integration.user, via=Change.Via.PROTOCOL, at=command.at)
    return Answer.written("call_id", row.pk)


def read_report(command: Command) -> CallReport:
    """The report; what of it cannot be read is kept as text and flagged, for the call itself must not be lost."""
    parameters = command.parameters
    outside_id = parameters.line("id", OUTSIDE_ID)
    if not outside_id:
        raise CommandError(_("Parameter %(name)s is missing.") % {"name": "id"})
    report = CallReport(
        outside_id=outside_id,
        caller=parameters.line("caller", LINE),
        callee=parameters.line("callee", LINE),
        status=parameters.line("status", LINE),
        visit=parameters.line("visit", LINE),
        marker=parameters.line("marker", LINE),
        started_at=read_moment(parameters["date"]),
        duration=read_duration(parameters["duration"]),
        file_url=read_link(parameters.line("file_url", LINK)),
        deal=deal_named_by(command),
    )
    read = {
        "date": report.started_at is not None,
        "duration": report.duration is not None,
        "file_url": report.file_url,
    }
    for name, is_read in read.items():
        if parameters[name] and not is_read:
            report.unread[name] = parameters[name]
            command.remarks.append(_("%(name)s cannot be read; it is kept as text") % {"name": name})
    for name in parameters:
        if others := parameters.others(name):
            report.unread[name] = "\n".join(filter(None, [report.unread.get(name, ""), *others]))
    return report


def deal_named_by(command: Command) -> Deal | None:
    text = command.parameters["order_id"]
    if not text:
        return None
    number = read_whole_number(text)
    deal = Deal.objects.filter(pk=number).first() if number and number <= LARGEST else None
    if deal is None:
        raise CommandError(
            _("Parameter %(name)s: there is no deal with the number %(number)s.")
            % {"name": "order_id", "number": text[:40]}
        )
    return deal


def read_duration(text: str) -> int | None:
    seconds = read_whole_number(text)
    return seconds if seconds is not None and seconds <= LONGEST else None


def read_link(text: str) -> str:
    """The address as it came if it is one of the web; else empty, for anything else must never become a link."""
    try:
        web_address(text)
    except ValidationError:
        return ""
    return text
