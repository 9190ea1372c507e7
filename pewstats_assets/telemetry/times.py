"""Times on the wire: ISO 8601 text to UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

TIME: Final = pl.Datetime("us", "UTC")

#: How PUBG writes times, but for the definition's: so many characters, these of them digits.
_USUAL: Final = b"2025-07-12T17:12:13.971Z"
_IS_DIGIT: Final = np.array([chr(character).isdigit() for character in _USUAL])
_SIGNS: Final = np.frombuffer(_USUAL, dtype=np.uint8)[~_IS_DIGIT]


def parse_times(texts: Sequence[str | None]) -> pl.Series:
    """Parse many times at once: each as `parse_time` does, null for what is no time."""
    text = pl.Series("time", texts, dtype=pl.String)
    usual = (text.str.len_bytes() == len(_USUAL)).arg_true().to_numpy()
    characters = np.frombuffer(text.gather(usual).str.join("").item().encode(), dtype=np.uint8)
    times = np.full(len(text), "NaT", dtype="datetime64[us]")
    times[usual] = _parse_usual(characters.reshape(-1, len(_USUAL)))
    parsed = pl.Series("time", times, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC")
    odd = (parsed.is_null() & text.is_not_null()).arg_true()
    if odd.len():
        parsed = parsed.scatter(odd, pl.Series([parse_time(texts[index]) for index in odd], dtype=TIME))
    return parsed


def _parse_usual(characters: npt.NDArray[np.uint8]) -> npt.NDArray[np.datetime64]:
    """Parse times that are written in the usual way, one a row; NaT for what is not, or is no time."""
    digits = characters.T[_IS_DIGIT].astype(np.int64) - ord("0")
    year, month, day, hour, minute, second, ms = map(_number, np.split(digits, np.cumsum([4, 2, 2, 2, 2, 2])))
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_time = (
        (characters[:, ~_IS_DIGIT] == _SIGNS).all(axis=1)
        & ((digits >= 0) & (digits <= 9)).all(axis=0)  # noqa: PLR2004
        & ((year >= 1) & (month >= 1) & (month <= 12) & (days.astype("datetime64[M]") == months))  # noqa: PLR2004
        & ((hour < 24) & (minute < 60) & (second < 60))  # noqa: PLR2004
    )
    us = (((hour * 60 + minute) * 60 + second) * 1000 + ms) * 1000
    return np.where(is_time, days.astype("datetime64[us]") + us.astype("timedelta64[us]"), np.datetime64("NaT", "us"))


def _number(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers that digits make, the first digits of all in the first row."""
    number: npt.NDArray[np.int64] = digits[0]
    for digit in digits[1:]:
        number = number * 10 + digit
    return number


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
