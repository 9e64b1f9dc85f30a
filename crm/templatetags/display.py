"""How values look to people: money, telephones, names, moments, icons."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

import phonenumbers
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import dateformat, formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from crm.days import day_of, today
from crm.installation import currency
from crm.models import Task

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "UAH": "₴", "GBP": "£", "TRY": "₺", "GEL": "₾", "AMD": "֏"}
DAYS_NAMED_BY_WEEKDAY = 6
# A page has hundreds of values, many of them alike, and the next page of a list has them again.
remembered = lru_cache(maxsize=4096)


@register.filter
def grouped(count: int) -> str:
    """A count with its thousands set apart: "2 310"."""
    return formats.number_format(count, force_grouping=True)


@register.filter
def up_to(count: int | None, most: int | None) -> str:
    """A count as `grouped`, which was not counted on beyond `most` where there is such a bound: "10 000+". Of what is
    not counted yet an ellipsis.
    """
    if count is None:
        return "…"
    return f"{grouped(most)}+" if most and count > most else grouped(count)


@register.filter
def money(amount: Decimal | float | None) -> str:
    """An amount in the installation's currency, with decimals only where there are any; empty for the unknown."""
    if amount is None or amount == "":
        return ""
    return f"{_exact_number(Decimal(amount), get_language())}{NBSP}{currency_symbol()}"


@register.simple_tag
def currency_symbol() -> str:
    """The sign of the installation's currency, else its code."""
    code = currency()
    return SYMBOLS.get(code, code)


@register.filter
def phone(entered: str) -> str:
    """A telephone number as it is read best: "+7 923 410-29-94"; what is none stays as entered."""
    return _readable_phone(entered, settings.PHONE_REGION)


@register.filter
def initials(person: object) -> str:
    """The first letters of a name's first two words; of a single word the first two letters."""
    words = [letters for word in str(person or "").split() if (letters := "".join(filter(str.isalnum, word)))]
    return ("".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]).upper()


@register.filter
def when(moment: datetime | None) -> str:
    """A moment, as short as it stays clear: "today 16:30", "yesterday 9:05", "Fri 12:00", "12 Aug", "12 Aug 2025"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() != day_of(moment):
        # Seen from here it is another day than the one the CRM counts it to: say both date and time.
        return f"{_plain_date(local.date())} {clock(moment)}"
    named = _named_day(local.date())
    return f"{named} {clock(moment)}" if named else _plain_date(local.date())


@register.filter
def day(moment: datetime | date | None) -> str:
    """A day without the time: "today", "tomorrow", "Fri", "12 Aug", "12 Aug 2025"."""
    if moment is None:
        return ""
    date_of_it = day_of(moment) if isinstance(moment, datetime) else moment
    return _named_day(date_of_it) or _plain_date(date_of_it)


@register.filter
def due(task: Task) -> str:
    """When a task is due: its day and, unless it may be done at any time of that, the clock."""
    return day(task.due_at) if task.all_day else when(task.due_at)


@register.filter
def clock(moment: datetime | None) -> str:
    """The time of day by the person's clock: "16:30"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.hour}:{local.minute:02}"


@register.filter
def exactly(moment: datetime | None) -> str:
    """A moment in full, for a title: "12 July 2026, 10:35"."""
    if moment is None:
        return ""
    return f"{_date_as(timezone.localdate(moment), 'j E Y', get_language())}, {clock(moment)}"


@register.filter
def days(count: int | None) -> str:
    """ "19 days"; empty for the unknown."""
    return "" if count is None else ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


@register.filter
def short_days(count: int | None) -> str:
    """ "19 d": for cards and steps, where there is no room for the word."""
    return "" if count is None else (gettext("%(count)d d") % {"count": count}).replace(" ", NBSP)


@register.filter
def duration(seconds: int | None) -> str:
    """The length of a call: "4:12", "1:02:30"; empty for the unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture of static/icons/icons.svg; for screen readers it is nothing, or what `label` says."""
    if label:
        form = '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'
        return format_html(form, label, _icons(), name)
    return _silent_icon(name)


@cache
def _silent_icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _icons(), name)


@cache
def _icons() -> str:
    return static("icons/icons.svg")


def _named_day(of: date) -> str:
    """What people call a day that is near: today, yesterday, tomorrow, a weekday of the week ahead; else empty."""
    distance = (of - today()).days
    if distance == 0:
        return gettext("today")
    if distance == -1:
        return gettext("yesterday")
    if distance == 1:
        return gettext("tomorrow")
    if 1 < distance <= DAYS_NAMED_BY_WEEKDAY:
        return _date_as(of, "D", get_language())
    return ""


def _plain_date(of: date) -> str:
    return _date_as(of, "j M" if of.year == today().year else "j M Y", get_language())


@remembered
def _date_as(of: date, form: str, language: str | None) -> str:
    names = dateformat.format(of, form)
    # Russian writes days and months in lower case, which Django's short forms do not.
    return names.lower() if language == "ru" else names


@remembered
def _exact_number(exact: Decimal, _language: str | None) -> str:
    decimals = max(0, -int(exact.normalize().as_tuple().exponent))
    places = max(2, decimals) if decimals else 0
    return formats.number_format(exact, places, use_l10n=True, force_grouping=True)


@remembered
def _readable_phone(entered: str, region: str) -> str:
    try:
        number = phonenumbers.parse(entered, region)
    except phonenumbers.NumberParseException:
        return entered
    if not phonenumbers.is_possible_number(number):
        return entered
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
