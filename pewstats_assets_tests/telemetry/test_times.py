"""Times on the wire: one by one and many at once, with the same result."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pewstats_assets.telemetry.times import TIME, parse_time, parse_times

KNOWN = {
    "2025-07-12T17:12:13.971Z": datetime(2025, 7, 12, 17, 12, 13, 971_000, UTC),
    "2025-07-12T17:11:34.0158674Z": datetime(2025, 7, 12, 17, 11, 34, 15_867, UTC),
    "2025-07-12T17:11:34.9999999Z": datetime(2025, 7, 12, 17, 11, 34, 999_999, UTC),
    "2025-07-12T17:11:34.123456789012Z": datetime(2025, 7, 12, 17, 11, 34, 123_456, UTC),
    "2025-07-12T17:11:34Z": datetime(2025, 7, 12, 17, 11, 34, 0, UTC),
    "2025-07-12T17:11:34.5": datetime(2025, 7, 12, 17, 11, 34, 500_000, UTC),
    "2025-07-12T19:11:34+02:00": datetime(2025, 7, 12, 17, 11, 34, 0, UTC),
    "1965-01-01T00:00:00.0000009Z": datetime(1965, 1, 1, tzinfo=UTC),
    "2025-02-30T00:00:00.000Z": None,
    "2025-07-12T17:11:60.000Z": None,
    "0001-01-01T00:00:00+14:00": None,
    "12 July": None,
    "": None,
    None: None,
}


def test_times_are_parsed_one_by_one() -> None:
    assert {text: parse_time(text) for text in KNOWN} == KNOWN


def test_times_are_parsed_many_at_once() -> None:
    times = parse_times(list(KNOWN))
    assert times.dtype == TIME
    assert dict(zip(KNOWN, times.to_list(), strict=True)) == KNOWN


@pytest.mark.parametrize("texts", [[], [None], ["never"]])
def test_no_times_are_a_column_too(texts: list[str | None]) -> None:
    assert parse_times(texts).dtype == TIME


TEXT = [
    "1965",
    "2025",
    "0001",
    "9999",
    "-",
    "02",
    "12",
    "29",
    "30",
    "31",
    "T",
    "00",
    "23",
    "24",
    ":",
    "59",
    "60",
    ".",
    "5",
    "9999999",
    "Z",
    "z",
    "+02:00",
    "é",
]
ENDS = ["Z", ".1Z", ".9999999Z", "", ".123456789123Z"]
pieces = st.sampled_from(TEXT)
almost_times = st.builds("{}-{}-{}T{}:{}:{}{}".format, *[pieces] * 6, st.sampled_from(ENDS))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | almost_times | st.lists(pieces).map("".join), max_size=5))
def test_both_ways_agree(texts: list[str | None]) -> None:
    assert parse_times(texts).to_list() == [parse_time(text) for text in texts]
