"""`lead`: somebody left a phone on the site, and it becomes a deal (PROTOCOL.md, section 3).

A lead is money: no detail of it that cannot be read rejects it. Such a value is kept on the deal where staff see it,
and the call is flagged in the log.
"""

from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from analytics_api.actions.base import ENVELOPE, Answer, Command
from analytics_api.actions.lead_data import LeadData, MalformedError, match, parse_object
from analytics_api.dialects import speaks_roistat
from analytics_api.errors import CommandError
from analytics_api.limits import LINE, OUTSIDE_ID
from analytics_api.parameters import read_moment, read_whole_number
from analytics_api.retries import Attempt, Once, once_in_a_window, request_key
from crm.models import Change, CustomField, Deal, User
from crm.models.number import LARGEST
from crm.services import group_commit
from crm.services.clients import Visitor
from crm.services.leads import NUMBERS, Lead, take_lead
from crm.services.messages import write_message

KNOWN = frozenset({"title", "data", "manager_id", "email", "name", "phone", "text", "created_date", "visit", "id"})
# Any of these is something to contact or to read.
SUBSTANCE = ("title", "name", "phone", "email", "text", "data")


def lead(command: Command) -> Answer:
    taken = _Reading(command).lead()
    write = _once_by_id if command.parameters["id"] else _once_by_request
    attempt = _attempt(command)
    once, remarks = group_commit.write(
        lambda: write(command, attempt, taken), locks=[attempt.lock, *taken.visitor.locks], numbers=NUMBERS
    )
    command.remarks.extend(remarks)
    return Answer.written("order_id", once.number, is_retry=once.is_retry)


def _attempt(command: Command) -> Attempt:
    outside_id = command.parameters["id"]
    if not outside_id:
        key = request_key(command.parameters.sorted_pairs(without=ENVELOPE))
    elif len(outside_id) > OUTSIDE_ID:
        key = f"id:{sha256(outside_id.encode()).hexdigest()}"
    else:
        key = f"id:{outside_id}"
    return Attempt(command.integration, command.action, key)


def _write(command: Command, taken: Lead) -> tuple[int, list[str]]:
    deal, remarks = take_lead(lead=taken, by=command.integration.user, via=Change.Via.PROTOCOL, at=command.at)
    return deal.pk, remarks


def _once_by_request(command: Command, attempt: Attempt, taken: Lead) -> tuple[Once, list[str]]:
    remarks: list[str] = []

    def write() -> int:
        number, found = _write(command, taken)
        remarks.extend(found)
        return number

    return once_in_a_window(attempt, write, at=command.at), remarks


def _once_by_id(command: Command, attempt: Attempt, taken: Lead) -> tuple[Once, list[str]]:
    """The deal of this id from this account, at any time; what differs from the last time becomes a comment."""
    parameters = {name: command.parameters[name] for name in command.parameters if name not in ENVELOPE}
    earlier = attempt.earlier()
    if earlier is None:
        number, remarks = _write(command, taken)
        attempt.keep(number, at=command.at, earlier=None, parameters=parameters)
        return Once(number), remarks
    if not earlier.parameters:  # whoever it was is erased, and must not come back
        return Once(earlier.number, is_retry=True), []
    differing = {name: text for name, text in parameters.items() if earlier.parameters.get(name) != text}
    if not differing:
        return Once(earlier.number, is_retry=True), []
    text = "\n".join(f"{name}: {text}" for name, text in differing.items())
    write_message(
        subject=Deal.objects.get(pk=earlier.number),
        title=_("The lead came again with other values"),
        text=text,
        by=command.integration.user,
        via=Change.Via.PROTOCOL,
        at=command.at,
    )
    attempt.keep(earlier.number, at=command.at, earlier=earlier, parameters=earlier.parameters | parameters)
    remark = _("the same id with other values: %(names)s") % {"names": ", ".join(differing)}
    return Once(earlier.number, is_retry=True), [remark]


class _Reading:
    """From parameters to a Lead; what does not fit is kept and remarked on the way."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.parameters = command.parameters
        # Values that no column takes, by parameter; and those too long for theirs, which the comment takes whole.
        self.kept: dict[str, str] = {}
        self.too_long: dict[str, str] = {}

    def lead(self) -> Lead:
        data = self._data()
        if not any(self.parameters[name] for name in SUBSTANCE if name != "data") and not self._has_data(data):
            raise CommandError(_("A lead needs a title, name, phone, email, text or data: all are missing."))
        taken = Lead(
            title=self._line("title"),
            visitor=Visitor(self._line("name"), self._line("phone"), self._line("email")),
            visit=self._visit(data),
            manager=self._manager(),
            created_at=self._created_at(),
            values=data.values,
        )
        self._line("id", OUTSIDE_ID)
        self._keep_the_rest()
        if data.unmatched:
            self._remark(_("data has keys that are no field: %(names)s"), names=", ".join(data.unmatched))
        taken.data, taken.parameters = data.unmatched, self.kept
        taken.comment = self._comment()
        return taken

    def _has_data(self, data: LeadData) -> bool:
        return bool(data.values or data.visits or data.unmatched or "data" in self.kept)

    def _data(self) -> LeadData:
        text = self.parameters["data"]
        if not text:
            return LeadData()
        try:
            pairs = parse_object(text)
        except MalformedError:
            self._keep("data", text, _("data is not a JSON object; it is kept as text"))
            return LeadData()
        return match(pairs, CustomField.objects.all())

    def _line(self, name: str, limit: int = LINE) -> str:
        text = self.parameters[name]
        if len(text) <= limit:
            return text
        self.too_long[name] = text
        remark = _("%(name)s is longer than %(limit)d characters; the comment has it whole")
        self._remark(remark, name=name, limit=limit)
        return text[: limit - 1] + "…"

    def _visit(self, data: LeadData) -> str:
        """The visit: of the parameter, else of `data`; of several the first, and the others are kept on the deal."""
        visits = [self._line("visit"), *data.visits]
        if speaks_roistat(self.command.integration):
            visits.insert(1, self._line("roistat"))
        first, *others = dict.fromkeys(visit for visit in visits if visit) or [""]
        if others:
            self._keep("visit", "\n".join(others), _("there are several visits; the first is taken"))
        return first

    def _manager(self) -> User | None:
        text = self.parameters["manager_id"]
        number = read_whole_number(text)
        manager = User.objects.assignable().filter(pk=number).first() if number and number <= LARGEST else None
        if text and manager is None:
            self._keep("manager_id", text, _("manager_id is no manager who works here"))
        return manager

    def _created_at(self) -> datetime | None:
        text = self.parameters["created_date"]
        moment = read_moment(text)
        if text and moment is None:
            self._keep("created_date", text, _("created_date cannot be read"))
        return moment

    def _keep_the_rest(self) -> None:
        """Parameters that the contract does not name, and the further values of those that came twice."""
        known = KNOWN | ENVELOPE | ({"roistat"} if speaks_roistat(self.command.integration) else set())
        for name in self.parameters:
            texts = self.parameters.others(name)
            if name not in known:
                texts = [self.parameters[name], *texts]
            if texts:
                self.kept[name] = "\n".join(filter(None, [self.kept.get(name, ""), *texts]))

    def _comment(self) -> str:
        whole = [f"{name}: {text}" for name, text in self.too_long.items()]
        return "\n\n".join(filter(None, [self.parameters["text"], *whole]))

    def _keep(self, name: str, text: str, remark: str) -> None:
        self.kept[name] = text
        self.command.remarks.append(remark)

    def _remark(self, remark: str, **values: object) -> None:
        self.command.remarks.append(remark % values)
