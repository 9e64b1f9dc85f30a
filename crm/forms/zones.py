"""The time zones to choose from."""

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Zones = list[tuple[str, str | Promise]]

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

# Those of most firms that work here; from west to east.
RUSSIA: Zones = [
    ("Europe/Kaliningrad", _("Kaliningrad, UTC+2")),
    ("Europe/Moscow", _("Moscow, UTC+3")),
    ("Europe/Samara", _("Samara, UTC+4")),
    ("Asia/Yekaterinburg", _("Yekaterinburg, UTC+5")),
    ("Asia/Omsk", _("Omsk, UTC+6")),
    ("Asia/Novosibirsk", _("Novosibirsk, UTC+7")),
    ("Asia/Krasnoyarsk", _("Krasnoyarsk, UTC+7")),
    ("Asia/Irkutsk", _("Irkutsk, UTC+8")),
    ("Asia/Yakutsk", _("Yakutsk, UTC+9")),
    ("Asia/Vladivostok", _("Vladivostok, UTC+10")),
    ("Asia/Magadan", _("Magadan, UTC+11")),
    ("Asia/Kamchatka", _("Kamchatka, UTC+12")),
]


@cache
def zones_by_region() -> list[tuple[str | Promise, Zones]]:
    """Those that have a place's name: Russia's, then the others, grouped by part of the world."""
    names = sorted(available_timezones() - dict(RUSSIA).keys())
    regions: list[tuple[str | Promise, Zones]] = [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in group])
        for region, group in groupby(names, key=lambda name: name.partition("/")[0])
        if region in REGIONS
    ]
    return [(_("Russia"), RUSSIA), *regions]
