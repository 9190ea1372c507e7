"""Times on the wire: one by one and many at once, with the same result."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
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


two_digits = st.integers(0, 99).map("{:02}".format) | st.sampled_from(["1-", "é", " 1", "+1", "²1"])
written_usually = st.builds(
    "{}-{}-{}T{}:{}:{}.{:03}{}".format,
    st.integers(0, 9999).map("{:04}".format) | st.just("2024"),
    *[st.sampled_from(["01", "02", "12", "29"]) | two_digits] * 5,
    st.integers(0, 999),
    st.sampled_from(["Z", "z", "0"]),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(written_usually, max_size=2))
@example(["2024-02-29T23:59:59.999Z"])
@example(["2023-02-29T00:00:00.000Z"])
@example(["2025-04-31T00:00:00.000Z"])
@example(["2025-04-00T00:00:00.000Z"])
@example(["0000-04-01T00:00:00.000Z"])
def test_both_ways_agree_on_what_is_written_almost_as_usual(texts: list[str | None]) -> None:
    assert parse_times(texts).to_list() == [parse_time(text) for text in texts]


def test_texts_that_are_two_times_only_together_are_none() -> None:
    two = "2025-07-12T17:12:13.971Z" * 2
    for texts in ([two[:10], two[10:]], ["", two], [two[:25], two[25:]]):
        assert parse_times(texts).to_list() == [parse_time(text) for text in texts]
        assert parse_times(texts)[1] is None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)), max_size=3))  # noqa: DTZ001
def test_times_as_published_are_parsed_back(times: list[datetime]) -> None:
    in_ms = [time.replace(microsecond=time.microsecond // 1000 * 1000, tzinfo=UTC) for time in times]
    texts = [f"{time.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z" for time in in_ms]
    assert parse_times(texts).to_list() == in_ms
