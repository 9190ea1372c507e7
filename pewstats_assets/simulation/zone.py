"""The blue zone of a match: which circle holds when, and what being outside of it costs.

Times are milliseconds since the match began, lengths centimetres.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from pewstats_assets.simulation.world import Map, Point

_CLOSING_STARTS: Final = (0.22, 0.40, 0.55, 0.68, 0.80, 0.90)
_CLOSING_ENDS: Final = (0.32, 0.48, 0.62, 0.74, 0.86, 0.95)
_RADII: Final = (0.30, 0.24, 0.19, 0.14, 0.09, 0.006)
"""White circles as shares of the map's side. All but the last leave room for two encounters far apart."""

_DAMAGE: Final = (0.8, 1.2, 2.0, 4.0, 8.0, 14.0, 20.0)
"""Health lost per tick; a player outside gets one every two seconds."""

IN_THE_PLANE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the ground."""

    center: Point
    radius: float

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside, whatever its height."""
        return Point(point.x, point.y).distance(self.center) <= self.radius

    def pull_in(self, point: Point, share: float) -> Point:
        """The point itself, or the nearest one within `share` of the radius."""
        distance = Point(point.x, point.y).distance(self.center)
        limit = self.radius * share
        if distance <= limit:
            return point
        inside = self.center.towards(point, limit / distance)
        return Point(inside.x, inside.y, point.z)


@dataclass(frozen=True, slots=True)
class Phase:
    """One zone phase: the white circle is announced, then the blue closes onto it."""

    number: int
    announced: int
    closing: int
    closed: int
    white: Circle


class Zone:
    """The zone plan of one match."""

    def __init__(self, game_map: Map, duration: int, rng: Random) -> None:
        """Draw the circles: each one lies inside the one before."""
        middle = game_map.size / 2
        self.start = Circle(Point(middle, middle), game_map.size * 0.72)
        self.phases: list[Phase] = []
        outer = Circle(Point(middle, middle), game_map.size * 0.36)
        announced = round(duration * 0.10)
        for number, share in enumerate(_RADII, start=1):
            radius = game_map.size * share
            # Half of the room there is, along each axis, keeps the white circle inside by a margin.
            room = (outer.radius - radius) * 0.5
            center = outer.center.moved(rng.uniform(-room, room), rng.uniform(-room, room))
            white = Circle(center, radius)
            closing = round(duration * _CLOSING_STARTS[number - 1])
            closed = round(duration * _CLOSING_ENDS[number - 1])
            self.phases.append(Phase(number, announced, closing, closed, white))
            announced, outer = closed, white

    def blue(self, at: int) -> Circle:
        """The blue circle at a moment; it shrinks and wanders evenly while it closes."""
        circle = self.start
        for phase in self.phases:
            if at < phase.closing:
                break
            share = min(1.0, (at - phase.closing) / (phase.closed - phase.closing))
            radius = circle.radius + (phase.white.radius - circle.radius) * share
            circle = Circle(circle.center.towards(phase.white.center, share), radius)
        return circle

    def white(self, at: int) -> Circle | None:
        """The white circle that has been announced last."""
        announced = [phase.white for phase in self.phases if phase.announced <= at]
        return announced[-1] if announced else None

    def is_game(self, at: int) -> float:
        """The match state as the wire has it: 0 in the lobby, 0.1 in the plane, then n and n.5."""
        if at < 0:
            return 0
        state = IN_THE_PLANE
        for phase in self.phases:
            if at >= phase.closing:
                state = phase.number if at < phase.closed else phase.number + 0.5
        return state

    def damage(self, at: int) -> float:
        """What a tick outside of the blue circle costs."""
        return _DAMAGE[sum(1 for phase in self.phases if at >= phase.closing)]
