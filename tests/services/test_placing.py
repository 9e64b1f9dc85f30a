"""The order that people give to rows."""

from dataclasses import dataclass

import pytest

from crm.services.placing import put_at


@dataclass
class Row:
    name: str
    position: int
    is_archived: bool = False


def order(place: int, moved: str, rows: list[Row]) -> str:
    row = next(row for row in rows if row.name == moved)
    put_at(rows, row, place, is_shown=lambda one: not one.is_archived)
    return "".join(row.name for row in sorted(rows, key=lambda row: row.position))


@pytest.mark.parametrize(
    ("moved", "place", "result"),
    [("a", 2, "bcad"), ("d", 0, "dabc"), ("b", 1, "abcd"), ("a", 99, "bcda"), ("c", -1, "cabd")],
)
def test_a_row_goes_to_its_place(moved: str, place: int, result: str) -> None:
    assert order(place, moved, [Row(name, number) for number, name in enumerate("abcd", start=1)]) == result


def test_what_is_not_shown_keeps_its_place() -> None:
    rows = [Row("a", 1), Row("x", 2, is_archived=True), Row("b", 3), Row("c", 4)]

    assert order(2, "a", rows) == "bxca"


def test_rows_that_shared_a_position_get_one_each() -> None:
    rows = [Row("a", 0), Row("b", 0), Row("c", 0)]

    assert order(0, "b", rows) == "bac"
    assert sorted(row.position for row in rows) == [1, 2, 3]
