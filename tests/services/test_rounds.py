"""Work that comes round again and again: each time once, in its beat, whatever happens to another."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from crm.models import Round
from crm.services import rounds
from crm.services.rounds import ROUNDS, go_rounds

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done of two rounds: `water`, which fails, each minute and `sweep` each five."""
    gone: list[str] = []

    def water() -> None:
        gone.append("water")
        raise ValueError("no water")

    def sweep() -> None:
        gone.append("sweep")

    monkeypatch.setattr(rounds, "ROUNDS", ((water, 60), (sweep, 300)))
    return gone


def test_a_round_that_fails_is_logged_and_stops_no_other(gone: list[str], caplog: pytest.LogCaptureFixture) -> None:
    go_rounds(NOON)

    assert gone == ["water", "sweep"]
    assert [record.getMessage() for record in caplog.records] == ["The round water failed"]


def test_each_comes_when_it_is_due(gone: list[str]) -> None:
    for minute in range(7):
        go_rounds(NOON + minute * MINUTE)
        go_rounds(NOON + minute * MINUTE + timedelta(seconds=30))

    assert (gone.count("water"), gone.count("sweep")) == (7, 2)


def test_who_is_late_keeps_the_beat_and_makes_up_for_nothing(gone: list[str]) -> None:
    go_rounds(NOON)
    gone.clear()

    go_rounds(NOON + timedelta(minutes=10, seconds=59))

    assert gone == ["water", "sweep"]
    assert dict(Round.objects.values_list("name", "due_at")) == {
        "water": NOON + 11 * MINUTE,
        "sweep": NOON + 15 * MINUTE,
    }


def test_of_two_workers_one_goes(gone: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    go_rounds(NOON)
    gone.clear()
    later = NOON + MINUTE

    def look_then_be_overtaken(name: str, due: datetime, seconds: int, at: datetime) -> bool:
        monkeypatch.undo()
        monkeypatch.setattr(rounds, "ROUNDS", ((lambda: None, 60),))  # this one's name is another
        assert claim(name, due, seconds, at)  # the other worker's
        return claim(name, due, seconds, at)

    claim = rounds._claim
    monkeypatch.setattr(rounds, "_claim", look_then_be_overtaken)
    go_rounds(later)

    assert gone == []


def test_when_nothing_is_due_it_is_one_plain_read(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    go_rounds(NOON)

    with django_assert_num_queries(1) as queries:
        go_rounds(NOON)

    assert queries.captured_queries[0]["sql"].startswith("SELECT")


def test_no_two_rounds_share_a_name() -> None:
    names = [work.__name__ for work, _ in ROUNDS]

    assert len(names) == len(set(names))
