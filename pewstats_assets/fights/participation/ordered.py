"""Rows in order, and finding them by binary search: what joins by inequality are made of here."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


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


def rows_of_ranges(first: Numbers, behind: Numbers) -> tuple[Numbers, Numbers]:
    """List the rows of many ranges, one range after the other.

    Returns:
        For each row, the number of its range, and the row.
    """
    counts = np.maximum(behind - first, 0)
    number = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return number, np.arange(len(number)) + np.repeat(first - begins, counts)
