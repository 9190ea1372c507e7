"""Times on the wire: ISO 8601 text to UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import polars as pl

TIME: Final = pl.Datetime("us", "UTC")

#: How PUBG writes times: what polars and Python read alike, to the microsecond.
_USUAL: Final = (
    r"^[1-9]\d{3}-\d\d-\d\dT[01]\d:[0-5]\d:[0-5]\d\.\d{1,9}Z$|^[1-9]\d{3}-\d\d-\d\dT2[0-3]:[0-5]\d:[0-5]\d\.\d{1,9}Z$"
)
_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%.fZ"


def parse_times(texts: Sequence[str | None]) -> pl.Series:
    """Parse many times at once: each as `parse_time` does, null for what is no time."""
    text = pl.Series("time", texts, dtype=pl.String)
    usual = text.set(~text.str.contains(_USUAL).fill_null(value=False), None)
    times = usual.str.to_datetime(_FORMAT, time_unit="us", time_zone="UTC", strict=False)
    odd = (times.is_null() & text.is_not_null()).arg_true()
    if odd.len():
        times = times.scatter(odd, pl.Series([parse_time(texts[index]) for index in odd], dtype=TIME))
    return times


def parse_time(text: str | None) -> datetime | None:
    """Parse ISO 8601 with any number of fraction digits, truncated to microseconds; without a zone it is UTC.

    Returns None for what is no time.
    """
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
