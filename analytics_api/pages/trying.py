"""A request is tried in the name of an account: carried out in full, shown, and undone."""

import logging
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import orjson
from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics_api.actions import ACTIONS
from analytics_api.answers import error_body
from analytics_api.dialects import speaks_roistat
from analytics_api.errors import RefusedError
from analytics_api.execution import answer
from analytics_api.models import CallLog
from analytics_api.parameters import split_query
from analytics_api.requests import refuse_too_long
from crm.models import Deal, Integration

logger = logging.getLogger(__name__)

# Of a longer answer the beginning is shown: a page of orders has megabytes.
SHOWN = 20_000
LONG = frozenset({"text", "message", "data"})
ABOUT = frozenset({"leadId", "element_id", "order_id"})
# Those of docs/protocol.md; tests/test_docs.py compares.
EXAMPLES: dict[str, dict[str, str]] = {
    "import_scheme": {},
    "export_clients": {"offset": "0", "limit": "1000"},
    "export": {"date": "1657497600", "offset": "0", "limit": "1000"},
    "lead": {
        "id": "lead-1",
        "title": "JivoSite",
        "name": "Анна",
        "phone": "88007000000",
        "email": "test@mail.ru",
        "text": "Перезвоните после 18:00",
        "data": '{"1": "https://www.google.ru", "source": "seo_google_"}',
        "created_date": "2022-07-12 10:35:12",
        "manager_id": "72",
        "visit": "437272",
    },
    "message": {"leadId": "803", "title": "Заголовок сообщения", "message": "Текст сообщения"},
    "task": {"element_id": "803", "deadline": "2023-01-01T11:11:11", "text": "Текст задачи"},
    "call": {
        "id": "1803",
        "caller": "78007000001",
        "callee": "78007000000",
        "date": "2023-01-01T11:11:11",
        "status": "answered",
        "duration": "50",
        "order_id": "803",
        "visit": "12345",
        "marker": "vk_new_post",
    },
}


class TryForm(forms.Form):
    """The parameters of one action. What is wrong with them the answer says, not the form."""

    def __init__(self, data: QueryDict | None = None, *, action: str) -> None:
        self.action = action
        super().__init__(data, initial=_examples(action) if data is None else None, prefix="parameter")
        looks = {"class": "input", "autocomplete": "off", "spellcheck": "false"}
        for name in ACTIONS[action].parameters:
            widget = forms.Textarea(looks | {"rows": "3"}) if name in LONG else forms.TextInput(looks)
            self.fields[name] = forms.CharField(label=name, required=False, strip=False, widget=widget)

    def query(self) -> str:
        """As a service sends it: what is blank is left out."""
        named = [(name, text.replace("\r\n", "\n")) for name, text in self.cleaned_data.items() if text]
        return urlencode([("action", self.action), *named], quote_via=quote)


def _examples(action: str) -> dict[str, str]:
    """Those of the document; what they are about is the newest deal here, where there is one."""
    examples = EXAMPLES[action]
    named = ABOUT & examples.keys()
    number = Deal.objects.order_by("pk").values_list("pk", flat=True).last() if named else None
    return examples | dict.fromkeys(named, str(number)) if number else examples


@dataclass(frozen=True)
class Tried:
    """The answer, laid out for reading."""

    status: int
    duration_ms: float
    text: str
    size: int
    remarks: str

    @property
    def is_cut(self) -> bool:
        return len(self.text) > SHOWN

    @property
    def shown(self) -> str:
        return self.text[:SHOWN]


def address_with(address: str, account: Integration, query: str) -> str:
    """The whole address as the account's dialect has it; what the account signs in by is masked."""
    who = f"user={quote(account.login)}&token=***&" if speaks_roistat(account) else ""
    return f"{address}?{who}{query}"


def try_out(account: Integration, query: str, *, at: datetime) -> Tried:
    log = CallLog(integration=account, at=at, duration_ms=0)
    status, body = _answered(log, query.encode())
    text = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    remarks = log.message if log.outcome == CallLog.Outcome.FLAGGED else ""
    return Tried(status, log.duration_ms, text, len(body), remarks)


def _answered(log: CallLog, query: bytes) -> tuple[int, bytes]:
    """Status and body; whatever was written for them is undone, and `log` is never saved."""
    try:
        refuse_too_long(len(query))
        with transaction.atomic():
            body = answer(log, split_query(query), keep=False)
            transaction.set_rollback(True)
    except RefusedError as refused:
        return refused.status, error_body(refused.message)
    except Exception:
        logger.exception("A request that was tried failed.")
        return 500, error_body(_("Internal error."))
    return 200, body
