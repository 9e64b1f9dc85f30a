"""Who the clients are: names, phones and e-mails as people type them. Nobody real is reached by either.

The phones have codes that no operator in Russia was given, the e-mails lie in the domain that is kept for examples.
"""

from django.conf import settings

from crm.services.demo.chance import Chance, weighted

WOMEN = weighted(
    [
        (9, ("Анна", "anna")),
        (8, ("Елена", "elena")),
        (8, ("Мария", "maria")),
        (7, ("Ольга", "olga")),
        (7, ("Екатерина", "kate")),
        (7, ("Наталья", "natalia")),
        (6, ("Анастасия", "nastya")),
        (6, ("Татьяна", "tatiana")),
        (5, ("Ирина", "irina")),
        (5, ("Юлия", "julia")),
        (5, ("Светлана", "sveta")),
        (4, ("Дарья", "dasha")),
        (4, ("Ксения", "ksenia")),
        (3, ("Алина", "alina")),
        (3, ("Полина", "polina")),
        (3, ("Виктория", "vika")),
        (2, ("Людмила", "luda")),
        (2, ("Вера", "vera")),
        (2, ("Маргарита", "rita")),
        (1, ("Зульфия", "zulfia")),
        (1, ("Сюзанна", "suzanna")),
    ]
)
MEN = (
    ("Александр", "alex"),
    ("Дмитрий", "dima"),
    ("Сергей", "sergey"),
    ("Андрей", "andrey"),
    ("Михаил", "misha"),
    ("Артём", "artem"),
    ("Игорь", "igor"),
    ("Павел", "pavel"),
)
# Family names by the form that both sexes share, with what a woman's adds; and in Latin letters.
FAMILIES = (
    ("Смирнов", "а", "smirnov"),
    ("Иванов", "а", "ivanov"),
    ("Кузнецов", "а", "kuznetsov"),
    ("Соколов", "а", "sokolov"),
    ("Попов", "а", "popov"),
    ("Лебедев", "а", "lebedev"),
    ("Козлов", "а", "kozlov"),
    ("Новиков", "а", "novikov"),
    ("Морозов", "а", "morozov"),
    ("Волков", "а", "volkov"),
    ("Соловьёв", "а", "soloviev"),
    ("Васильев", "а", "vasiliev"),
    ("Зайцев", "а", "zaitsev"),
    ("Павлов", "а", "pavlov"),
    ("Семёнов", "а", "semenov"),
    ("Голубев", "а", "golubev"),
    ("Виноградов", "а", "vinogradov"),
    ("Богданов", "а", "bogdanov"),
    ("Фёдоров", "а", "fedorov"),
    ("Михайлов", "а", "mihailov"),
    ("Беляев", "а", "belyaev"),
    ("Тарасов", "а", "tarasov"),
    ("Комаров", "а", "komarov"),
    ("Киселёв", "а", "kiselev"),
    ("Макаров", "а", "makarov"),
    ("Андреев", "а", "andreev"),
    ("Ильин", "а", "ilyin"),
    ("Гусев", "а", "gusev"),
    ("Титов", "а", "titov"),
    ("Кузьмин", "а", "kuzmin"),
    ("Баранов", "а", "baranov"),
    ("Куликов", "а", "kulikov"),
    ("Яковлев", "а", "yakovlev"),
    ("Ахметов", "а", "ahmetov"),
    ("Саркисян", "", "sarkisyan"),
    ("Шевченко", "", "shevchenko"),
    ("Ткачук", "", "tkachuk"),
    ("Ким", "", "kim"),
    ("Бондаренко", "", "bondarenko"),
    ("Гофман", "", "gofman"),
)
# A woman's and a man's.
PATRONYMICS = (
    ("Сергеевна", "Сергеевич"),
    ("Александровна", "Александрович"),
    ("Владимировна", "Владимирович"),
    ("Андреевна", "Андреевич"),
    ("Игоревна", "Игоревич"),
    ("Николаевна", "Николаевич"),
    ("Дмитриевна", "Дмитриевич"),
    ("Юрьевна", "Юрьевич"),
)
SHARE_OF_WOMEN = 0.86
FORMS = weighted(
    [
        (46, "{first} {family}"),
        (20, "{first}"),
        (12, "{family} {first}"),
        (12, "{family} {first} {patronymic}"),
        (6, "{first} {patronymic}"),
        (4, "{first} от подруги"),
    ]
)
COMPANIES = (
    "ООО «Ромашка»",
    "ИП Кравцова Е. В.",
    "Свадебное агентство «Белый танец»",
    "Фотостудия «Свет»",
    "АО «Северный ветер»",
    "Театр на Пресне",
    "ООО «Деловой праздник»",
)

PHONE_CODES = (907, 935, 943, 945, 946, 947, 948, 972, 973, 974, 975, 976, 979)
# How a number is typed: what is read in any region, and what only Russians write so.
ANYWHERE = ("+7{}{}{}{}", "+7 {} {}-{}-{}", "+7 ({}) {}-{}-{}", "+7({}){}{}{}", "+7-{}-{}-{}-{}")
IN_RUSSIA = ("8{}{}{}{}", "8 ({}) {}-{}-{}", "8-{}-{}-{}-{}", "7{}{}{}{}", "{}{}{}{}", "8 {} {} {} {}", "({}) {}-{}{}")

DOMAINS = ("pochta.example", "mail.example", "yashik.example", "inbox.example", "salon-drug.example")


def person(chance: Chance) -> tuple[str, str]:
    """A name as it stands in the CRM, and the beginning of an e-mail address that goes with it."""
    woman = chance.happens(SHARE_OF_WOMEN)
    first, latin = chance.pick(WOMEN if woman else MEN)
    family, ending, family_latin = chance.pick(FAMILIES)
    name = chance.pick(FORMS).format(
        first=first, family=family + ending if woman else family, patronymic=chance.pick(PATRONYMICS)[not woman]
    )
    return name, f"{latin}.{family_latin}{'a' if woman and ending else ''}"


def phone(chance: Chance) -> str:
    """A number in E.164."""
    return f"+7{chance.pick(PHONE_CODES)}{chance.between(0, 9_999_999):07}"


def typed_phone(e164: str, chance: Chance) -> str:
    """The number as somebody types it."""
    forms = ANYWHERE + IN_RUSSIA if settings.PHONE_REGION == "RU" else ANYWHERE
    return chance.pick(forms).format(e164[2:5], e164[5:8], e164[8:10], e164[10:])


def email(beginning: str, chance: Chance) -> str:
    """An address as somebody types it: some begin with a capital."""
    address = f"{beginning}{chance.between(1, 9999)}@{chance.pick(DOMAINS)}"
    return address.capitalize() if chance.happens(0.15) else address
