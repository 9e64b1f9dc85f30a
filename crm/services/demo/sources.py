"""Where deals come from: what the fields of a deal say of it, and what the visit looks like. One source, one story."""

from dataclasses import dataclass

from crm.services.demo.chance import Chance, weighted


@dataclass(frozen=True)
class Source:
    """`online`: the lead came from the site by itself. `promo`: how many of the deals bring a promo code."""

    source: str
    medium: str
    campaigns: tuple[str, ...]
    referrers: tuple[str, ...]
    win_rate: float
    online: bool = True
    promo: float = 0.0
    offline_visit: str = ""

    def visit(self, number: int, chance: Chance) -> str:
        """The visit of a deal, `number` being the one that the counter of the site stands at."""
        if chance.happens(self.promo):
            return chance.pick(PROMO_CODES)
        if not self.online:
            return self.offline_visit
        return chance.pick(VISITS) or str(number)

    def field_texts(self, chance: Chance) -> dict[str, str]:
        """What the five fields of a new installation hold."""
        return {
            "referrer": chance.pick(self.referrers),
            "source": self.source,
            "utmSource": self.source,
            "utmMedium": self.medium,
            "utmCampaign": chance.pick(self.campaigns),
        }


NONE = ("(not set)",)
PROMO_CODES = ("PODRUGA10", "VESNA15", "NOVY2026", "BLOG500", "METRO7", "SOSEDI")
# Empty stands for the visit's number.
VISITS = weighted([(88, ""), (6, "(static)"), (6, "yandex")])

YANDEX_ADS = Source(
    "yandex",
    "cpc",
    ("poisk_okrashivanie", "poisk_strizhki", "brand", "rsya_botoks_dlya_volos", "retarget_brosili_zapis"),
    ("https://yandex.ru/", "https://yandex.ru/search/", "https://dzen.ru/"),
    0.55,
)
VK_ADS = Source(
    "vk",
    "cpc",
    ("promo_airtouch", "podborka_vesna", "lookalike_klienty", "marafon_uhod"),
    ("https://vk.com/", "https://m.vk.com/"),
    0.42,
)
YANDEX_SEARCH = Source("yandex", "organic", NONE, ("https://yandex.ru/search/", "https://ya.ru/"), 0.61)
GOOGLE_SEARCH = Source("google", "organic", NONE, ("https://www.google.com/",), 0.58)
MAPS = Source(
    "yandex_maps", "referral", ("kartochka_salona",), ("https://yandex.ru/maps/", "https://yandex.ru/profile/"), 0.68
)
GIS = Source("2gis", "referral", ("kartochka_salona",), ("https://2gis.ru/moscow",), 0.66)
TELEGRAM = Source("telegram", "social", ("kanal_salona", "posev_beauty_msk"), ("https://t.me/",), 0.57, promo=0.15)
BLOGGERS = Source("vk", "social", ("blogger_lena", "blogger_mari"), ("https://vk.com/",), 0.48, promo=0.4)
DIRECT = Source("(direct)", "(none)", NONE, ("(direct)",), 0.64)
NEWSLETTER = Source(
    "newsletter", "email", ("vernis_k_nam", "den_rozhdeniya", "novinki_sezona"), ("https://e.mail.example/",), 0.72
)
FRIENDS = Source("рекомендация", "offline", ("privedi_podrugu",), ("(direct)",), 0.8, online=False, promo=0.5)
PHONE = Source("звонок", "offline", NONE, ("(direct)",), 0.66, online=False)
WALK_IN = Source("вывеска", "offline", NONE, ("(direct)",), 0.74, online=False, offline_visit="vyveska")

OF_NEW_CLIENTS = weighted(
    [
        (24, YANDEX_ADS),
        (13, VK_ADS),
        (12, YANDEX_SEARCH),
        (6, GOOGLE_SEARCH),
        (11, MAPS),
        (6, GIS),
        (6, TELEGRAM),
        (4, BLOGGERS),
        (5, DIRECT),
        (6, FRIENDS),
        (4, PHONE),
        (3, WALK_IN),
    ]
)
OF_KNOWN_CLIENTS = weighted(
    [(34, DIRECT), (18, NEWSLETTER), (22, PHONE), (8, TELEGRAM), (8, YANDEX_SEARCH), (4, YANDEX_ADS), (6, MAPS)]
)
