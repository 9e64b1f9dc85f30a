from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from crm.services.demo.chance import Chance
from crm.services.demo.rhythm import DAY, DAYS, Calendar, apportion

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 15, 20, tzinfo=MOSCOW)


def make_calendar(deals: int, still_open: int, *, now: datetime = NOW, zone: ZoneInfo = MOSCOW) -> Calendar:
    return Calendar(deals, still_open, now=now, zone=zone, chance=Chance(1))


@pytest.mark.parametrize(("deals", "still_open"), [(1, 0), (2, 1), (34, 1), (3300, 99), (20_000, 600)])
def test_as_many_deals_arrive_and_stay_open_as_were_ordered(deals: int, still_open: int) -> None:
    arrivals = list(make_calendar(deals, still_open).arrivals())

    assert len(arrivals) == deals
    assert sum(is_open for _, is_open in arrivals) == still_open


def test_deals_arrive_in_order_within_two_years_up_to_now() -> None:
    moments = [moment for moment, _ in make_calendar(5000, 150).arrivals()]

    assert moments == sorted(moments)
    assert moments[0] > NOW.timestamp() - (DAYS + 1) * DAY
    assert NOW.timestamp() - DAY < moments[-1] < NOW.timestamp()


def test_fridays_are_busier_than_sundays_and_noon_than_night() -> None:
    moments = [datetime.fromtimestamp(moment, MOSCOW) for moment, _ in make_calendar(20_000, 0).arrivals()]
    weekdays = Counter(moment.weekday() for moment in moments)
    hours = Counter(moment.hour for moment in moments)

    assert weekdays[4] > 1.4 * weekdays[6]
    assert hours[11] > 4 * hours[4]


def test_what_is_open_is_recent() -> None:
    ages = [(NOW.timestamp() - moment) / DAY for moment, is_open in make_calendar(20_000, 600).arrivals() if is_open]

    assert sorted(ages)[len(ages) // 2] < 30
    assert max(ages) < 365


def test_a_closed_deal_closes_between_its_arrival_and_now() -> None:
    calendar = make_calendar(3000, 90)

    for moment, _ in calendar.arrivals():
        assert moment <= calendar.closing(moment) <= calendar.now


def test_work_is_done_in_the_salons_hours_and_in_the_order_it_came() -> None:
    calendar = make_calendar(1, 0)
    moments = [calendar.now - 3 * DAY + 3000 * step for step in range(80)]

    worked = [calendar.at_work(moment, after=0) for moment in moments]

    assert all(earlier <= later for earlier, later in pairwise(worked))
    assert {datetime.fromtimestamp(moment, MOSCOW).hour for moment in worked} == set(range(9, 21))


def test_nothing_is_done_before_it_can_be_nor_after_now() -> None:
    calendar = make_calendar(1, 0)

    assert calendar.at_work(calendar.now - DAY, after=calendar.now - 60) == calendar.now - 60
    assert calendar.at_work(calendar.now + DAY, after=0) == calendar.now


def test_a_day_ends_in_the_installations_zone() -> None:
    end = make_calendar(1, 0).end_of_day(int(datetime(2026, 11, 23, 22, 30, tzinfo=UTC).timestamp()))

    assert datetime.fromtimestamp(end, MOSCOW) == datetime(2026, 11, 24, 23, 59, 59, tzinfo=MOSCOW)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
def test_any_zone_of_an_installation_has_its_two_years(zone: str) -> None:
    now = datetime(2026, 11, 23, tzinfo=ZoneInfo(zone))

    moments = [moment for moment, _ in make_calendar(1500, 45, now=now, zone=ZoneInfo(zone)).arrivals()]

    assert len(moments) == 1500
    assert moments[-1] < now.timestamp()


def test_shares_add_up_to_the_total_and_exceed_no_rounded_up_part() -> None:
    weights = [0.2, 0.0, 1.3, 5.5, 1.0, 0.0]

    shares = apportion(8, weights)

    assert sum(shares) == 8
    assert shares[1] == shares[5] == 0
    assert all(share <= weight + 1 for share, weight in zip(shares, weights, strict=True))
    assert apportion(0, [0.0, 0.0]) == [0, 0]
