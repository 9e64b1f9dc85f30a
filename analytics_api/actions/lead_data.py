"""The parameter `data` of a lead: a JSON object, custom field id or name → value (PROTOCOL.md, section 3)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from analytics_api.limits import LINE, TEXT
from analytics_api.parameters import clean_text
from crm.models import CustomField

# Under these names the visit may come among the fields.
VISIT_NAMES = frozenset({"roistat", "visit"})


class MalformedError(ValueError):
    """Not a JSON object."""


@dataclass
class LeadData:
    """`values` by field; `visits` as they came; `unmatched` for what no field takes, by the key it came under."""

    values: dict[CustomField, str] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    unmatched: dict[str, str] = field(default_factory=dict)

    def keep_aside(self, key: str, text: str) -> None:
        self.unmatched[key] = f"{self.unmatched[key]}\n{text}" if key in self.unmatched else text


def parse_object(text: str) -> list[tuple[str, str]]:
    """The keys and values of a JSON object as cleaned texts, blank values left out; MalformedError for anything else.

    Numbers stay as they were written, nested values stay JSON, a key that comes twice is there twice.
    """
    try:
        parsed = json.loads(
            text, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise MalformedError from error
    if not isinstance(parsed, _Object):
        raise MalformedError
    pairs = [(clean_text(key), _as_text(value)) for key, value in parsed]
    return [(key, value) for key, value in pairs if value]


def match(pairs: Iterable[tuple[str, str]], fields: Iterable[CustomField]) -> LeadData:
    """Sort the pairs: a field by its id or its name in any letter case, the visit, and the rest.

    Of two values for one field the first is taken. A value of more than the limit goes aside whole.
    """
    known = {one.name.casefold(): one for one in fields}
    known |= {str(one.pk): one for one in known.values()}
    data = LeadData()
    for key, text in pairs:
        one = known.get(key.casefold())
        if one is not None and one not in data.values and len(text) <= TEXT:
            data.values[one] = text
        elif one is not None and data.values.get(one) == text:
            continue
        elif one is None and key.casefold() in VISIT_NAMES and len(text) <= LINE:
            data.visits.append(text)
        else:
            data.keep_aside(key, text)
    return data


class _Object(list[tuple[str, Any]]):
    """A JSON object with all its pairs, where a dict would keep the last of one key."""


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return clean_text(value if isinstance(value, str) else _as_json(value))


def _as_json(value: Any) -> str:
    if isinstance(value, _Number):
        return value
    if isinstance(value, _Object):
        return "{" + ", ".join(f"{_as_json(key)}: {_as_json(nested)}" for key, nested in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_as_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
