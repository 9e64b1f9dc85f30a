"""How values look to people: money, telephones, names, moments, icons."""

from datetime import date, datetime
from decimal import Decimal

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

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "UAH": "₴", "GBP": "£", "TRY": "₺", "GEL": "₾", "AMD": "֏"}
DAYS_NAMED_BY_WEEKDAY = 6


@register.filter
def grouped(count: int) -> str:
    """A count with its thousands set apart: "2 310"."""
    return formats.number_format(count, force_grouping=True)


@register.filter
def up_to(count: int, most: int | None) -> str:
    """A count as `grouped`, which was not counted on beyond `most` where there is such a bound: "10 000+"."""
    return f"{grouped(most)}+" if most and count > most else grouped(count)


@register.filter
def money(amount: Decimal | float | None) -> str:
    """An amount in the installation's currency, with decimals only where there are any; empty for the unknown."""
    if amount is None or amount == "":
        return ""
    exact = Decimal(amount)
    decimals = max(0, -int(exact.normalize().as_tuple().exponent))
    places = max(2, decimals) if decimals else 0
    number = formats.number_format(exact, places, use_l10n=True, force_grouping=True)
    return f"{number}{NBSP}{currency_symbol()}"


@register.simple_tag
def currency_symbol() -> str:
    """The sign of the installation's currency, else its code."""
    code = currency()
    return SYMBOLS.get(code, code)


@register.filter
def phone(entered: str) -> str:
    """A telephone number as it is read best: "+7 923 410-29-94"; what is none stays as entered."""
    try:
        number = phonenumbers.parse(entered, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return entered
    if not phonenumbers.is_possible_number(number):
        return entered
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


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
def clock(moment: datetime | None) -> str:
    """The time of day by the person's clock: "16:30"."""
    return dateformat.format(timezone.localtime(moment), "G:i") if moment else ""


@register.filter
def exactly(moment: datetime | None) -> str:
    """A moment in full, for a title: "12 July 2026, 10:35"."""
    return dateformat.format(timezone.localtime(moment), "j E Y, G:i") if moment else ""


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
    href = f"{static('icons/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


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
        return _as_written(dateformat.format(of, "D"))
    return ""


def _plain_date(of: date) -> str:
    return _as_written(dateformat.format(of, "j M" if of.year == today().year else "j M Y"))


def _as_written(names: str) -> str:
    """Russian writes days and months in lower case, which Django's short forms do not."""
    return names.lower() if get_language() == "ru" else names
