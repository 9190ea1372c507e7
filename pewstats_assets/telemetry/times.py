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
    times = _parse_usual("".join(filter(None, texts))) if _have_usual_length(texts) else None
    if times is None:
        return pl.Series("time", [parse_time(text) for text in texts], dtype=TIME)
    return pl.Series("time", times).cast(TIME)


def _have_usual_length(texts: Sequence[str | None]) -> bool:
    return all(texts) and set(map(len, filter(None, texts))) == {len(_USUAL)}


def _parse_usual(texts: str) -> npt.NDArray[np.int64] | None:
    """Parse times that have the usual length, one behind the other, to microseconds since 1970.

    None if one of them is not written in the usual way, or is no time.
    """
    if not texts.isascii():
        return None
    characters = np.frombuffer(texts.encode(), dtype=np.uint8).reshape(-1, len(_USUAL))
    digits = characters.T[_IS_DIGIT].astype(np.int64) - ord("0")
    year, month, day, hour, minute, second, ms = map(_number, np.split(digits, np.cumsum([4, 2, 2, 2, 2, 2])))
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    are_times = (
        (characters[:, ~_IS_DIGIT] == _SIGNS).all()
        and ((digits >= 0) & (digits <= 9)).all()  # noqa: PLR2004
        and ((year >= 1) & (month >= 1) & (month <= 12) & (days.astype("datetime64[M]") == months)).all()  # noqa: PLR2004
        and ((hour < 24) & (minute < 60) & (second < 60)).all()  # noqa: PLR2004
    )
    if not are_times:
        return None
    seconds = days.astype("datetime64[s]").astype(np.int64) + (hour * 60 + minute) * 60 + second
    return (seconds * 1000 + ms) * 1000


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
