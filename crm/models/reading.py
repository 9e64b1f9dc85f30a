"""Numbers, dates, yes and no as people and outside systems write them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

YES = frozenset({"1", "yes", "true", "on", "да", "истина"})
NO = frozenset({"0", "no", "false", "off", "нет", "ложь"})
# What is kept where people answer by a click; a word, since the analytics service shows it to people.
YES_TEXT, NO_TEXT = "да", "нет"
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y")
NUMBER = re.compile(r"[+-]?[0-9]{1,24}(?:\.[0-9]+)?", re.ASCII)


def read_number(text: str) -> Decimal | None:
    """ "1 234,5" and "1234.5" alike; None for what is no number or too long for the column."""
    plain = re.sub(r"[\s_']", "", text).replace(",", ".")
    if not NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain).quantize(Decimal("0.000001"))
    except InvalidOperation:
        return None


def read_yes_no(text: str) -> Decimal | None:
    word = text.strip().casefold()
    if word in YES:
        return Decimal(1)
    return Decimal(0) if word in NO else None


def read_date(text: str) -> date | None:
    for layout in DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), layout).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
