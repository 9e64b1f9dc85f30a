"""What an action is, what it is given and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from analytics_api.parameters import Parameters
from crm.models import Integration

# Parameters that say who asks and for what; the rest is the command's own.
ENVELOPE = frozenset({"action", "user", "token"})


@dataclass
class Command:
    """One request that was let in. `remarks` gathers what the log must flag although the command is carried out."""

    integration: Integration
    action: str
    parameters: Parameters
    at: datetime
    # False for a HEAD: nothing may be kept of it.
    keep: bool = True
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """The body, and for the log the number of what was written or how many rows were read.

    A retry is answered with the number of what an earlier request has written.
    """

    body: bytes
    number: int | None = None
    rows: int | None = None
    is_retry: bool = False

    @classmethod
    def of(cls, payload: dict[str, Any], *, rows: int | None = None) -> "Answer":
        return cls(orjson.dumps(payload), rows=rows)

    @classmethod
    def written(cls, name: str, number: int, *, is_retry: bool = False) -> "Answer":
        """`{"status": "ok", "<name>": "<number>"}`"""
        return cls(orjson.dumps({"status": "ok", name: str(number)}), number=number, is_retry=is_retry)


@dataclass(frozen=True)
class Action:
    """A row of the table of actions."""

    handler: Callable[[Command], Answer]
    writes: bool = False
    # Of different values of one parameter the first is taken and the rest flagged; elsewhere they are an error.
    first_value_wins: bool = False
    # What it reads, in the order of the documents.
    parameters: tuple[str, ...] = ()
