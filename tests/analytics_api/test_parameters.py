"""How parameters are read (PROTOCOL.md, sections 1 and 3)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_api.parameters import MOST, Parameters, clean_text, read_moment, read_whole_number, split_query


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-07-12 10:35:12", datetime(2022, 7, 12, 10, 35, 12, tzinfo=UTC)),
        ("2023-01-01T11:11:11", datetime(2023, 1, 1, 11, 11, 11, tzinfo=UTC)),
        ("2023-01-01T11:11", datetime(2023, 1, 1, 11, 11, tzinfo=UTC)),
        ("2023-01-01T11:11:11.25", datetime(2023, 1, 1, 11, 11, 11, 250_000, tzinfo=UTC)),
        ("2023-01-01T11:11:11.123456789Z", datetime(2023, 1, 1, 11, 11, 11, 123_456, tzinfo=UTC)),
        ("2023-01-01t11:11:11z", datetime(2023, 1, 1, 11, 11, 11, tzinfo=UTC)),
        ("2023-01-01T11:11:11+03:00", datetime(2023, 1, 1, 8, 11, 11, tzinfo=UTC)),
        ("2023-01-01T11:11:11 03:00", datetime(2023, 1, 1, 8, 11, 11, tzinfo=UTC)),  # a plus that was not encoded
        ("2023-01-01T11:11:11-0330", datetime(2023, 1, 1, 14, 41, 11, tzinfo=UTC)),
        ("1657622112", datetime(2022, 7, 12, 10, 35, 12, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2100-12-31T23:59:59", datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_moments_are_read_in_every_form_of_the_contract(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "2022-07-12", "12.07.2022 10:35", "2022-02-30 10:00", "2022-07-12 25:00", "2022-07-12 10:60",
        "1969-12-31T23:59:59", "2101-01-01T00:00:00", "1970-01-01T00:00:00+01:00", "9" * 40, "-1", "4133980800",
        "２０２２-07-12 10:35:12", "2022-07-12 10:35:12 UTC", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59-23:59",
        "2022-07-12T10:35+99:99",
    ],
)  # fmt: skip
def test_other_texts_are_no_moment(text: str) -> None:
    assert read_moment(text) is None


@given(st.integers(2 * 86_400, 130 * 365 * 86_400), st.integers(-23 * 60, 23 * 60))
def test_a_moment_written_with_an_offset_is_that_moment(seconds: int, minutes: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert read_moment(moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()) == moment


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or 1970 <= moment.year <= 2100


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9223372036854775807", MOST),
        ("9" * 5000, MOST),
        ("0" * 5000, 0),
        ("1" * 18, int("1" * 18)),
    ],
)
def test_digits_are_a_whole_number_of_any_length(text: str, number: int) -> None:
    assert read_whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e3", "1_000", "0x1", "１２", "٣", "²", "1 000", "NaN"])
def test_other_texts_are_no_whole_number(text: str) -> None:
    assert read_whole_number(text) is None


@given(st.text())
def test_cleaned_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in cleaned)


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cc", "Cs"])))
def test_text_without_control_characters_loses_nothing_but_blanks_around_it(text: str) -> None:
    assert clean_text(text) == text.strip()


@given(st.binary())
def test_any_query_can_be_split(query: bytes) -> None:
    for name, value in split_query(query):
        assert isinstance(name, bytes)
        assert isinstance(value, bytes)


def test_a_blank_parameter_is_absent_and_of_equal_ones_there_is_one() -> None:
    parameters = Parameters([("a", " "), ("b", "1"), ("b", " 1 "), ("b", ""), ("c", "1"), ("c", "2"), ("c", "1")])
    assert list(parameters) == ["b", "c"]
    assert (parameters["a"], parameters["b"], parameters["c"]) == ("", "1", "1")
    assert (parameters.others("b"), parameters.others("c")) == ([], ["2"])
