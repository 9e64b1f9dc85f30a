"""What the salon sells."""

from dataclasses import dataclass
from decimal import Decimal

from crm.services.demo.chance import Chance, weighted

PRICE_STEP = 50


@dataclass(frozen=True)
class Treatment:
    """Prices in whole roubles; `cost` is the share of the price that materials and the master's pay come to."""

    name: str
    cheapest: int
    dearest: int
    cost: float

    def price(self, chance: Chance) -> int:
        # Two draws: most prices lie in the middle of the range.
        part = (chance.random() + chance.random()) / 2
        return self.cheapest + int((self.dearest - self.cheapest) * part) // PRICE_STEP * PRICE_STEP

    def cost_of(self, price: int, chance: Chance) -> Decimal:
        """To the kopeck."""
        return Decimal(round(price * self.cost * chance.uniform(85, 115))).scaleb(-2)

    def title(self, chance: Chance) -> str:
        """A deal's title, as staff and forms of sites write it."""
        return self.mentioned_in(chance.pick(TITLES)) + chance.pick(ENDINGS)

    def mentioned_in(self, text: str) -> str:
        """The text with the treatment in the place of {name} or, inside a sentence, {plain}."""
        return text.format(name=self.name, plain=self.name[0].lower() + self.name[1:])


TITLES = weighted(
    [
        (80, "{name}"),
        (9, "Заявка с сайта: {plain}"),
        (7, "Запись: {plain}"),
        (4, "Консультация: {plain}"),
    ]
)
ENDINGS = weighted(
    [
        (80, ""),
        (4, " и укладка"),
        (4, " и уход"),
        (3, " и коррекция бровей"),
        (3, " и маникюр"),
        (3, ", повторно"),
        (3, ", с подругой"),
    ]
)

TREATMENTS = weighted(
    [
        (15, Treatment("Женская стрижка", 2200, 4800, 0.42)),
        (5, Treatment("Мужская стрижка", 1500, 2900, 0.45)),
        (3, Treatment("Детская стрижка", 1200, 1900, 0.45)),
        (12, Treatment("Окрашивание в один тон", 4500, 8500, 0.38)),
        (7, Treatment("Сложное окрашивание AirTouch", 11500, 24000, 0.4)),
        (5, Treatment("Мелирование", 6500, 12000, 0.39)),
        (5, Treatment("Тонирование", 3000, 5500, 0.36)),
        (5, Treatment("Кератиновое выпрямление", 6000, 13500, 0.34)),
        (4, Treatment("Ботокс для волос", 4500, 9500, 0.33)),
        (4, Treatment("Вечерняя укладка", 2500, 6000, 0.4)),
        (2, Treatment("Свадебный образ", 12000, 32000, 0.45)),
        (12, Treatment("Маникюр с покрытием", 2100, 3600, 0.48)),
        (6, Treatment("Педикюр", 2600, 4400, 0.47)),
        (4, Treatment("Ламинирование ресниц", 2500, 3900, 0.36)),
        (4, Treatment("Архитектура бровей", 1400, 2800, 0.35)),
        (3, Treatment("Чистка лица", 3500, 6900, 0.37)),
        (2, Treatment("Массаж лица", 2900, 5200, 0.42)),
        (1, Treatment("Подарочный сертификат", 3000, 20000, 0.02)),
        (1, Treatment("Абонемент на пять укладок", 9000, 15000, 0.5)),
    ]
)
