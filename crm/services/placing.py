"""The order that people give to statuses, fields and choices, kept as positions."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar


class Placed(Protocol):
    position: int


Row = TypeVar("Row", bound=Placed)


def put_at(rows: Sequence[Row], row: Row, place: int, *, is_shown: Callable[[Row], bool]) -> list[Row]:
    """Put `row` at `place`, from 0, among those that are shown in order, of which it is one.

    `rows` are all there are, in their order; those that are not shown keep their places among the others. Sets the
    positions and returns the rows, unsaved, whose position is another now.
    """
    shown = [one for one in rows if is_shown(one) and one != row]
    shown.insert(max(0, place), row)
    following = iter(shown)
    changed = []
    for position, one in enumerate((next(following) if is_shown(old) else old for old in rows), start=1):
        if one.position != position:
            one.position = position
            changed.append(one)
    return changed
