"""The circles of a season's match: nine phases in half an hour, each white circle inside the one before.

Times are seconds since the match began, lengths metres.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import hypot
from random import Random
from typing import Final

from pewstats_assets.simulation.world import Map

_FIRST_ANNOUNCED: Final = 100
_WAITS: Final = (160, 95, 80, 70, 60, 50, 45, 40, 35)
_SHRINKS: Final = (180, 95, 80, 70, 60, 55, 50, 50, 60)
_RADII: Final = (0.26, 0.165, 0.10, 0.062, 0.038, 0.022, 0.012, 0.006, 0.0)
"""White circles as shares of the map's side."""

DAMAGE: Final = (0.4, 0.4, 0.6, 0.8, 1.2, 3.0, 5.0, 7.0, 9.0, 11.0)
"""Health lost per second outside, by the number of phases that have begun to close."""

_IN_THE_PLANE: Final = "0.10000000149011612"


@dataclass(frozen=True, slots=True)
class Round:
    """A circle on the ground, in metres."""

    x: float
    y: float
    radius: float

    def misses(self, x: float, y: float) -> float:
        """How far a place lies outside; negative inside."""
        return hypot(x - self.x, y - self.y) - self.radius


@dataclass(frozen=True, slots=True)
class Phase:
    """One zone phase: the white circle is announced, the blue begins to close on it, and has closed."""

    number: int
    announced: int
    closing: int
    closed: int
    white: Round


class Circles:
    """The zone plan of one match."""

    def __init__(self, game_map: Map, rng: Random) -> None:
        """Draw the plan."""
        side = game_map.size / 100
        self._start = Round(side / 2, side / 2, side * 0.72)
        self.phases: list[Phase] = []
        outer = Round(side / 2, side / 2, side * 0.42)
        at = _FIRST_ANNOUNCED
        for number, (wait, shrink, share) in enumerate(zip(_WAITS, _SHRINKS, _RADII, strict=True), start=1):
            radius = side * share
            room = (outer.radius - radius) * rng.uniform(0.1, 0.75)
            dx, dy = rng.gauss(0, 1), rng.gauss(0, 1)
            length = hypot(dx, dy)
            white = Round(outer.x + dx / length * room, outer.y + dy / length * room, radius)
            phase = Phase(number, at, at + wait, at + wait + shrink, white)
            self.phases.append(phase)
            at, outer = phase.closed, white
        self._closings = [phase.closing for phase in self.phases]
        self._announcements = [phase.announced for phase in self.phases]
        self.closed = at

    def blue(self, at: float) -> Round:
        """The blue circle at a moment."""
        begun = bisect_right(self._closings, at)
        if not begun:
            return self._start
        phase = self.phases[begun - 1]
        if at >= phase.closed:
            return phase.white
        before = self.phases[begun - 2].white if begun > 1 else self._start
        share = (at - phase.closing) / (phase.closed - phase.closing)
        return Round(
            before.x + (phase.white.x - before.x) * share,
            before.y + (phase.white.y - before.y) * share,
            before.radius + (phase.white.radius - before.radius) * share,
        )

    def announced(self, at: float) -> Phase | None:
        """The phase whose white circle has been announced last."""
        announced = bisect_right(self._announcements, at)
        return self.phases[announced - 1] if announced else None

    def damage(self, at: float) -> float:
        """Health lost per second outside of the blue circle."""
        return DAMAGE[bisect_right(self._closings, at)]

    def is_game(self, at: float) -> str:
        """The match state as the wire has it: 0 in the lobby, 0.1 in the plane, then n (closing) and n.5 (closed)."""
        if at < 0:
            return "0"
        begun = bisect_right(self._closings, at)
        if not begun:
            return _IN_THE_PLANE
        return f"{begun}" if at < self.phases[begun - 1].closed else f"{begun}.5"
