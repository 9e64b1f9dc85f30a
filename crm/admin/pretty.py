"""How values that are not plain text look on the pages."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
from django.contrib import admin
from django.db.models import Model
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from crm.models import Status


def moment_column(name: str, description: Any) -> Callable[[Any], str]:
    """A column of a list that shows the row's moment `name` in short, sorted by it."""

    @admin.display(description=description, ordering=name)
    def column(row: Model) -> str:
        moment = getattr(row, name)
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "-"

    column.__name__ = name
    return column


def money(amount: Decimal | None) -> str:
    """Two decimals, a third only if it is not zero; "-" where the amount is unknown."""
    if amount is None:
        return "-"
    return number_format(amount, 2 if amount == round(amount, 2) else 3, force_grouping=True)


def status_badge(status: Status) -> SafeString:
    """The status with its colour: a class, since a strict CSP allows no inline style."""
    return format_html('<span class="swatch palette-{}"></span> {}', status.palette, status.name)


def pretty_json(value: Any) -> SafeString:
    return format_html('<pre class="json">{}</pre>', orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def as_table(values: dict[str, Any]) -> SafeString | str:
    """A mapping, one of mappings too, line by line; "-" where it is empty."""
    rows = []
    for name, value in values.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        rows += [(f"{name} · {part}" if part else name, text) for part, text in parts]
    if not rows:
        return "-"
    lines = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows)
    return format_html('<table class="pairs">{}</table>', lines)


def outside_link(url: str) -> SafeString | str:
    """A link out of the CRM that tells the other side nothing of where it was followed; "-" for none."""
    if not url:
        return "-"
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', url, url)
