"""Where everybody of a fight's teams is, second by second from the fight's start: the even time grid."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import US_PER_S, Window
from pewstats_assets.fights.participation.mates import Mates
from pewstats_assets.fights.participation.ordered import Flags, Numbers, rows_of_ranges
from pewstats_assets.fights.participation.sightings import Floats, Sightings
from pewstats_assets.fights.participation.states import DEAD, STANDING

STEP_US: Final = US_PER_S


@dataclass(frozen=True, slots=True)
class Lines:
    """Points of the grid in lines, one for each of some players in fights, a point for each second.

    Attributes:
        first: the place in `point` at which each line begins.
        point: points of the grid, line after line.
    """

    first: Numbers
    point: Numbers

    @property
    def lengths(self) -> Numbers:
        """How many points each line has: at least one."""
        return np.diff(self.first, append=len(self.point))

    def places_of(self, lines: Numbers) -> Numbers:
        """List the places in `point` of some of the lines, one line after the other."""
        _, places = rows_of_ranges(self.first[lines], self.first[lines] + self.lengths[lines])
        return places

    def sum(self, values: Floats | Flags) -> Floats:
        """Sum values of the points, line by line."""
        return np.add.reduceat(values.astype(np.float64), self.first) if len(self.first) else np.zeros(0)


class Grid:
    """Places of players in fights, a point for each second from the fight's start.

    At a point the player's state is that just before it, and the place is on the line between two sightings.

    Attributes:
        place: x, y, z in cm of each point, of shape (n, 3); NaN where it is not known.
        is_standing: of each point; false while the player is not seen at all.
        is_alive: of each point; false while the player is not seen at all.
    """

    def __init__(self, mates: Mates, cast: Cast, sightings: Sightings, windows: Window) -> None:
        """Lay the grid for participants and their team mates."""
        of_participants = cast.participants["fight"].to_numpy()
        players = np.concatenate([cast.participants["player"].to_numpy(), mates.player])
        self._span = int(players.max(initial=0)) + 1
        self._keys: Numbers = np.unique(
            np.concatenate([of_participants, of_participants[mates.participant]]) * self._span + players
        )
        fight, player = np.divmod(self._keys, self._span)
        start, end = (cast.fights[name].to_physical().to_numpy()[fight] for name in ("start", "end"))
        points = (end - start) // STEP_US + 1
        self._first: Numbers = np.cumsum(points) - points
        self._points: Numbers = points
        self.place: Floats = np.full((int(points.sum()), 3), np.nan)
        self.is_standing: Flags = np.zeros(len(self.place), np.bool_)
        self.is_alive: Flags = np.zeros(len(self.place), np.bool_)

        # Between two sightings that follow each other are the points behind the one, up to the other; and at the one
        # itself, if no pair before it has that point.
        since = np.maximum(sightings.first_from(player, sightings.seq_of_event[windows.first[fight]]) - 1, 0)
        until = sightings.first_from(player, sightings.seq_of_event[windows.behind[fight] - 1] + 1)
        row, one = rows_of_ranges(since, until)
        is_pair = sightings.is_of(player[row], one) & sightings.is_of(player[row], one + 1)
        row, one = row[is_pair], one[is_pair]
        is_first = (one == since[row]) | ~sightings.is_of(player[row], one - 1)
        from_step, to_step = (
            np.clip((sightings.time[sighting] - start[row] - is_at) // STEP_US + 1, 0, points[row])
            for sighting, is_at in ((one, is_first), (one + 1, 0))
        )
        has_points = to_step > from_step
        row, one = row[has_points], one[has_points]
        pair, step = rows_of_ranges(from_step[has_points], to_step[has_points])
        point = self._first[row][pair] + step
        self.place[point] = sightings.between(
            sightings.known_before[one], sightings.known_after[one + 1], pair, start[row][pair] + step * STEP_US
        )
        self.is_standing[point] = (sightings.state[one] == STANDING)[pair]
        self.is_alive[point] = (sightings.state[one] != DEAD)[pair]

    def of(self, fight: Numbers, player: Numbers) -> Lines:
        """Take the lines of players in fights, in their order."""
        row = np.searchsorted(self._keys, fight * self._span + player)
        points = self._points[row]
        _, point = rows_of_ranges(self._first[row], self._first[row] + points)
        return Lines(np.cumsum(points) - points, point)


def per_second(lines: Lines, values: Floats, is_known: Flags) -> pl.Series:
    """Average values over those seconds of each line in which they are known; null where they never are."""
    seconds = lines.sum(is_known)
    return pl.Series(lines.sum(np.where(is_known, values, 0.0))) / pl.Series(
        np.where(seconds > 0, seconds, np.nan), nan_to_null=True
    )
