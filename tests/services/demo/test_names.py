import pytest
from pytest_django import Settings

from crm.services.contacts import normalise_email, normalise_phone
from crm.services.demo import names
from crm.services.demo.chance import Chance


@pytest.mark.parametrize(("region", "beginnings"), [("RU", {"+", "8", "7", "9", "("}), ("KZ", {"+"})])
def test_a_phone_is_the_same_number_however_it_is_typed(region: str, beginnings: set[str], settings: Settings) -> None:
    settings.PHONE_REGION = region
    chance = Chance(3)
    phones = [names.phone(chance) for _ in range(300)]

    typed = [names.typed_phone(phone, chance) for phone in phones]

    assert [normalise_phone(entered) for entered in typed] == phones
    assert {entered[0] for entered in typed} == beginnings


def test_an_address_begins_with_a_capital_now_and_then_and_is_one_all_the_same() -> None:
    chance = Chance(3)

    addresses = [names.email(names.person(chance)[1], chance) for _ in range(100)]

    assert {address.lower() for address in addresses} == {normalise_email(address) for address in addresses}
    assert any(address != address.lower() for address in addresses)
    assert all(address.endswith(".example") for address in addresses)


def test_a_woman_has_a_womans_family_name_and_patronymic() -> None:
    chance = Chance(3)
    women = {first for first, _ in names.WOMEN}

    full = [name.split() for name, _ in (names.person(chance) for _ in range(3000))]
    complete = [words for words in full if len(words) == 3 and words[1] != "от"]

    assert complete
    for _, first, patronymic in complete:
        assert patronymic.endswith("вна") == (first in women)
