"""A square of a map on paper: metres to pixels, grid, coordinates. North is up, and x and y grow as on the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, cos, hypot, log10, sin, sqrt
from typing import Final

from pewstats_assets.drawing.svg import Group, Pixels, number, paths

#: Metres from the map's north-western corner, to the east and to the south.
Metres = tuple[float, float]

_STEPS: Final = (1, 2, 5)
#: Lines of a grid, at most.
_LINES: Final = 10
_ROUNDS: Final = 60
_GOLDEN_ANGLE: Final = 2.4
_TOLERANCE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the map, drawn as a square.

    Attributes:
        west_m: where it begins on the map; `north_m` likewise.
        side_m: length of its side on the map.
        left: where it begins in the drawing, in pixels; `top` likewise.
        side: length of its side in the drawing, in pixels.
    """

    west_m: float
    north_m: float
    side_m: float
    left: float
    top: float
    side: float

    def place(self, at: Metres) -> Pixels:
        """Where a place of the map is in the drawing."""
        scale = self.side / self.side_m
        return self.left + (at[0] - self.west_m) * scale, self.top + (at[1] - self.north_m) * scale

    def inside(self, at: Pixels, margin: float) -> Pixels:
        """The nearest place in the drawing that is in the square, this far from its edges."""
        return (
            min(max(at[0], self.left + margin), self.left + self.side - margin),
            min(max(at[1], self.top + margin), self.top + self.side - margin),
        )


def around(places: Iterable[Metres], least_m: float, margin: float) -> tuple[float, float, float]:
    """Find the square around places, with a margin (a share of its side).

    Returns:
        Where it begins in the west and in the north, and the length of its side, in m.
    """
    xs, ys = zip(*places, strict=True)
    side = max(max(xs) - min(xs), max(ys) - min(ys)) * (1 + 2 * margin)
    side = max(side, least_m)
    return (min(xs) + max(xs) - side) / 2, (min(ys) + max(ys) - side) / 2, side


def step(length: float, lines: int = _LINES) -> float:
    """The distance of round numbers (1, 2, 5, 10, ...) of which so many at most are in a length."""
    power = 10.0 ** ceil(log10(length / lines) - 1)
    return next((unit * power for unit in _STEPS if unit * power * lines >= length), 10 * power)


def ticks(start: float, length: float, distance: float) -> list[float]:
    """The multiples of a distance from `start` on, over a length."""
    first = ceil(start / distance)
    count = int((start + length) / distance - first + 1e-9) + 1
    return [(first + index) * distance for index in range(count)]


def draw_grid(on: Group, square: Square) -> None:
    """Draw the grid of a square with its coordinates in m."""
    distance = step(square.side_m)
    right, bottom = square.left + square.side, square.top + square.side
    lines: list[list[Pixels]] = []
    for metres in ticks(square.west_m, square.side_m, distance):
        x, _ = square.place((metres, 0))
        lines.append([(x, square.top), (x, bottom)])
        on.text((x, bottom + 14), number(metres), "s q m")
    for metres in ticks(square.north_m, square.side_m, distance):
        _, y = square.place((0, metres))
        lines.append([(square.left, y), (right, y)])
        on.text((square.left - 5, y + 3.5), number(metres), "s q e")
    on.add("path", d=paths(lines), class_="g")
    on.add("rect", x=square.left, y=square.top, width=square.side, height=square.side, class_="f")
    on.text((square.left + square.side / 2, bottom + 28), "m from the map's western edge", "s q m")
    turned = f"translate({number(square.left - 46)} {number(square.top + square.side / 2)})rotate(-90)"
    on.text((0, 0), "m from its northern edge", "s q m", transform=turned)
    on.add("path", d=f"M{number(right - 14)} {number(square.top + 22)}l-5 9h10z", fill="#888")
    on.text((right - 14, square.top + 17), "N", "b m", fill="#888")


def apart(places: Sequence[Pixels], radii: Sequence[float], square: Square) -> list[Pixels]:
    """Move markers that lie on each other apart, as little as that takes; they stay in the square.

    Where there is no room for all they overlap still.
    """
    moved = [square.inside(place, radius) for place, radius in zip(places, radii, strict=True)]
    for _ in range(_ROUNDS):
        rests = True
        for first in range(len(moved)):
            for second in range(first):
                (x1, y1), (x2, y2) = moved[first], moved[second]
                distance = hypot(x1 - x2, y1 - y2)
                lacks = radii[first] + radii[second] + 1 - distance
                if lacks > _TOLERANCE:
                    rests = False
                    # Markers on one spot have no direction to part in: each gets one of its own.
                    turn = _GOLDEN_ANGLE * first
                    dx, dy = ((x1 - x2) / distance, (y1 - y2) / distance) if distance else (cos(turn), sin(turn))
                    moved[first] = square.inside((x1 + dx * lacks / 2, y1 + dy * lacks / 2), radii[first])
                    moved[second] = square.inside((x2 - dx * lacks / 2, y2 - dy * lacks / 2), radii[second])
        if rests:
            break
    return moved


def area_radius(value: float, smallest: float, per_unit: float) -> float:
    """Radius of a circle whose area grows with a value."""
    return sqrt(smallest**2 + per_unit * value)
