from collections import Counter

import pytest

from crm.services.demo.chance import Chance, Quota, weighted


@pytest.mark.parametrize(("total", "places"), [(0, 0), (0, 10), (1, 10), (37, 100), (10, 10)])
def test_a_quota_hands_out_exactly_its_total(total: int, places: int) -> None:
    quota = Quota(total, places=places, chance=Chance(5))

    assert sum(quota.take() for _ in range(places)) == total


def test_a_quota_is_spread_over_all_of_its_places() -> None:
    quota = Quota(3000, places=10_000, chance=Chance(5))

    taken = [quota.take_some(1000) for _ in range(10)]

    assert all(250 < some < 350 for some in taken)


def test_a_pick_follows_the_weights() -> None:
    chance = Chance(5)
    values = weighted([(9, "often"), (1, "seldom")])

    picked = Counter(chance.pick(values) for _ in range(10_000))

    assert picked.keys() == {"often", "seldom"}
    assert 800 < picked["seldom"] < 1200


def test_both_ends_of_a_range_are_drawn() -> None:
    chance = Chance(5)

    assert {chance.between(3, 5) for _ in range(100)} == {3, 4, 5}
