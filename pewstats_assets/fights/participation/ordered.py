"""Rows in order, and finding them by binary search: what joins by inequality are made of here."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: In place of the number of a row, where there is none.
NO_ROW: Final = -1


class Ordered:
    """Rows in order of a group and of a place within it, both whole numbers from 0 on."""

    def __init__(self, group: npt.NDArray[Any], place: npt.NDArray[Any]) -> None:
        self._span = int(place.max(initial=0)) + 2
        self._keys = group.astype(np.int64) * self._span + place

    def first_from(self, group: npt.NDArray[Any], place: npt.NDArray[Any]) -> Numbers:
        """Return the row of the group's first entry at a place or behind it; without one, where it would be."""
        behind_all = self._span - 1
        found: Numbers = np.searchsorted(
            self._keys, group.astype(np.int64) * self._span + np.minimum(place, behind_all)
        )
        return found


class ByTime:
    """Rows in order of a group and of a time within it, in microseconds."""

    def __init__(self, group: Numbers, time: Numbers) -> None:
        self._times = np.unique(time)
        self._rows = Ordered(group, np.searchsorted(self._times, time))

    def first_from(self, group: Numbers, time: Numbers) -> Numbers:
        """Return the row of the group's first entry at a time or later; without one, where it would be."""
        return self._rows.first_from(group, np.searchsorted(self._times, time, "left"))

    def first_after(self, group: Numbers, time: Numbers) -> Numbers:
        """Return the row of the group's first entry later than a time; without one, where it would be."""
        return self._rows.first_from(group, np.searchsorted(self._times, time, "right"))


def rows_of_ranges(first: Numbers, behind: Numbers) -> tuple[Numbers, Numbers]:
    """List the rows of many ranges, one range after the other.

    Returns:
        For each row, the number of its range, and the row.
    """
    counts = np.maximum(behind - first, 0)
    number = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return number, np.arange(len(number)) + np.repeat(first - begins, counts)


def begins_of(group: npt.NDArray[Any]) -> Flags:
    """Tell which rows are the first of their group; rows of a group follow each other."""
    begins = np.ones(len(group), np.bool_)
    begins[1:] = group[1:] != group[:-1]
    return begins


def runs_of(begins: Flags) -> tuple[Numbers, Numbers]:
    """Tell of what run each row is, by which rows begin one; the first does.

    Returns:
        For each row, the first row of its run, and the row behind its run.
    """
    first = np.flatnonzero(begins)
    length = np.diff(first, append=len(begins))
    return np.repeat(first, length), np.repeat(first + length, length)


def places_in_groups(group: npt.NDArray[Any]) -> Numbers:
    """Number the rows within their group, from 0; rows of a group follow each other."""
    first, _ = runs_of(begins_of(group))
    return np.arange(len(group)) - first


def by_group(group: Numbers) -> Numbers:
    """Return the rows by group, those of a group in the order they have."""
    # Numbers of two bytes are sorted in a tenth of the time.
    is_small = len(group) > 0 and group.max() <= np.iinfo(np.uint16).max
    return np.argsort(group.astype(np.uint16) if is_small else group, kind="stable")


def counts(group: Numbers, groups: int) -> Numbers:
    """Count the rows of each of so many groups; rows of `NO_ROW` are in none."""
    return np.bincount(group[group != NO_ROW], minlength=groups)
