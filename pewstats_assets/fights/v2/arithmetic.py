"""Arithmetic in doubles as v2 means it: from left to right, without rounding in between and without correction."""

from collections.abc import Iterable, Sequence
from functools import reduce
from math import sqrt
from operator import add
from typing import Final

from pewstats_assets.fights.v2.events import Location

CM_PER_M: Final = 100


def add_up(values: Iterable[float]) -> float:
    """Sum from left to right. Python's `sum` corrects rounding errors since 3.12, which moves results across limits."""
    return reduce(add, values, 0.0)


def mean_location(locations: Sequence[Location]) -> Location:
    """Mean x, y and z of at least one location, each summed from left to right."""
    x = y = z = 0.0
    for location_x, location_y, location_z in locations:
        x += location_x
        y += location_y
        z += location_z
    n = len(locations)
    return x / n, y / n, z / n


def distance_m(a: Location, b: Location) -> float:
    """Distance in metres of two places in cm: the root of the summed squares, over 100 (rule 12)."""
    dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return sqrt(dx * dx + dy * dy + dz * dz) / CM_PER_M


def farthest_m(place: Location, locations: Iterable[Location]) -> float:
    """Distance in metres to the farthest of at least one location: the larger square has the larger root."""
    x, y, z = place
    farthest = 0.0
    for other_x, other_y, other_z in locations:
        dx, dy, dz = x - other_x, y - other_y, z - other_z
        square = dx * dx + dy * dy + dz * dz
        if square > farthest:  # noqa: PLR1730 in a third of the time of `max`
            farthest = square
    return sqrt(farthest) / CM_PER_M
