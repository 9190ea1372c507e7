"""Where and in which state every player was seen: by positions, and as either side of a combat event.

Between two sightings a player is on the straight line from one to the other, and stays in the state that the first
left. Two places say nothing about the time in between if it is longer than `MAX_GAP`, or if nobody gets from one to
the other: from the starting island players are put into the plane.
"""

from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pewstats_assets.fights.participation.events import CM_PER_M, SIDES, US_PER_S
from pewstats_assets.fights.participation.ordered import NO_ROW, Flags, Numbers, Ordered, by_group
from pewstats_assets.fights.participation.players import Players
from pewstats_assets.fights.participation.states import DEAD, STANDING, UNCHANGED, States, state_after, states_of

#: Positions of everybody come every 10 s.
MAX_GAP: Final = timedelta(seconds=15)
#: Who falls from the plane has 65 m/s. Within a second, places may be as far apart as that of a second.
MAX_SPEED_MPS: Final = 100

Floats = npt.NDArray[np.float64]

_MAX_GAP_US: Final = MAX_GAP // timedelta(microseconds=1)
_NEVER: Final = np.iinfo(np.int64).min


class Sightings:
    """The sightings of all players of some matches, by player and in order; arrays have an entry for each.

    Attributes:
        player: the player's number.
        time: in microseconds since 1970, UTC.
        state: of the player just after the sighting.
        place: x, y, z in cm, of shape (n, 3); NaN where it is not known.
        tells_zone: whether the event says if the player was in the blue zone, and the player was not dead.
        in_blue_zone: whether the player was, where the event says.
        known_before: the player's last sighting with a place that is no later, `NO_ROW` without one.
        known_after: the player's first sighting with a place that is no earlier, `NO_ROW` without one.
        change: the state that an event leaves its victim in, or `UNCHANGED`.
        changes: the sightings at which the state of the player changes, by an event or because one shows that the
            player stands again.
        seq_of_event: the place of each event in the order of all sightings.
        victim_state: of each event's victim, just before it.
    """

    def __init__(self, events: pl.DataFrame, positions: pl.DataFrame, players: Players) -> None:
        """Put sightings in order.

        Args:
            events: see `events.numbered_events`.
            positions: `match_no` and the columns of `telemetry.frames.POSITIONS`, and `player`, its number.
            players: has numbered them.
        """
        row, seq = _in_order(events, positions)
        first_victim = positions.height + events.height
        is_victim = row >= first_victim
        has_health = np.concatenate([positions["health"].to_numpy() > 0, np.zeros(2 * events.height, np.bool_)])[row]
        changes = np.concatenate([np.full(first_victim, UNCHANGED, np.uint8), state_after(events["kind"])])
        self.change: States = changes[row]
        self.player: Numbers = _players(events, positions)[row]
        self.time: Numbers = _of_events(events, positions, "time")[row]
        places = np.column_stack([_of_sides(events, positions, axis) for axis in "xyz"])
        self.place: Floats = np.take(places, row, axis=0)
        states = states_of(self.player, self.time, self.change, is_victim=is_victim, has_health=has_health)
        self.state: States = states.after
        self.changes: Numbers = np.flatnonzero((self.change != UNCHANGED) | states.is_up_again)

        event = row[is_victim] - first_victim
        self.seq_of_event: Numbers = np.empty(events.height, np.int64)
        self.seq_of_event[event] = seq[is_victim]
        self.victim_state: States = np.empty(events.height, np.uint8)
        self.victim_state[event] = states.before[is_victim]

        zones = [positions["in_blue_zone"], *(events[f"{side}_in_blue_zone"] for side in SIDES)]
        self.tells_zone: Flags = np.concatenate([zone.is_not_null().to_numpy() for zone in zones])[row]
        self.tells_zone &= states.before != DEAD
        self.in_blue_zone: Flags = np.concatenate([zone.fill_null(value=False).to_numpy() for zone in zones])[row]

        self.known_before, self.known_after = self._nearest_known(~np.isnan(self.place[:, 0]))
        self._by_player = Ordered(self.player, seq)
        self._players = players
        self._with_positions: Numbers = positions["match_no"].unique().to_numpy()

    def _nearest_known(self, is_known: Flags) -> tuple[Numbers, Numbers]:
        """Find the last and the next row of the same player with a place; with one of its own it is the row itself."""
        before, after = np.arange(len(is_known)), np.arange(len(is_known))
        known, unknown = np.flatnonzero(is_known), np.flatnonzero(~is_known)
        place = np.searchsorted(known, unknown)
        for nearest, found in ((before, np.append(NO_ROW, known)[place]), (after, np.append(known, NO_ROW)[place])):
            nearest[unknown] = np.where(self.is_of(self.player[unknown], found), found, NO_ROW)
        return before, after

    def first_from(self, player: npt.NDArray[Any], seq: npt.NDArray[Any]) -> Numbers:
        """Return the row of each player's first sighting at a place in the order or behind it."""
        return self._by_player.first_from(player, seq)

    def next_change(self, player: npt.NDArray[Any], seq: npt.NDArray[Any]) -> Numbers:
        """Return the row of each player's first change at a place in the order or behind it; it may be another's."""
        row = np.searchsorted(self.changes, self.first_from(player, seq))
        return np.append(self.changes, len(self.player))[row]

    def is_of(self, player: npt.NDArray[Any], row: Numbers) -> Flags:
        """Whether a row is a sighting of a player; rows may be too low or too high."""
        is_row = (row >= 0) & (row < len(self.player))
        return is_row & (self.player[np.where(is_row, row, 0)] == player) if len(self.player) else is_row

    def state_before(self, player: npt.NDArray[Any], seq: npt.NDArray[Any]) -> States:
        """Tell in which state players are just before places in the order: standing before they are seen at all."""
        before = self.first_from(player, seq) - 1
        return np.where(self.is_of(player, before), self.state[before], np.uint8(STANDING))

    def is_standing(self, player: npt.NDArray[Any], seq: npt.NDArray[Any], time: Numbers) -> Flags:
        """Tell who stands just before places in the order, which are at these times, and is still seen."""
        is_standing: Flags = (self.state_before(player, seq) == STANDING) & self.is_there(player, seq, time)
        return is_standing

    def place_before(self, player: npt.NDArray[Any], seq: npt.NDArray[Any], time: Numbers) -> Floats:
        """Tell where players are just before places in the order, which are at these times: x, y, z in cm, or NaN."""
        after = self.first_from(player, seq)
        before = after - 1
        is_seen_before, is_seen_after = self.is_of(player, before), self.is_of(player, after)
        known_before = np.where(is_seen_before, self.known_before[before], NO_ROW)
        known_after = np.where(is_seen_after, self.known_after[np.where(is_seen_after, after, 0)], NO_ROW)
        return self.between(known_before, known_after, np.arange(len(time)), time)

    def is_there(self, player: npt.NDArray[Any], seq: npt.NDArray[Any], time: Numbers) -> Flags:
        """Tell whether players are still seen: who has left the match, or never came, is not.

        In a match without any position everybody is there.
        """
        after = self.first_from(player, seq)
        is_seen_lately = self.is_of(player, after - 1) & (time - self.time[after - 1] <= _MAX_GAP_US)
        is_there = self.is_of(player, after) | is_seen_lately
        return is_there | ~self._players.are_of_matches(player, self._with_positions)

    def between(self, before: Numbers, after: Numbers, pair: Numbers, time: Numbers) -> Floats:
        """Return places at times between two rows each, of shape (n, 3); NaN where that is not known.

        Args:
            before: the first row of each pair of rows, or `NO_ROW`.
            after: the second.
            pair: for each time, the number of the pair.
            time: in microseconds.
        """
        since, until = self.time[before], self.time[after]
        last = np.take(self.place, before, axis=0)
        way = np.take(self.place, after, axis=0) - last
        gap = until - since
        farthest = MAX_SPEED_MPS * CM_PER_M * np.maximum(gap / US_PER_S, 1)
        is_known = (before != NO_ROW) & (after != NO_ROW) & (gap <= _MAX_GAP_US)
        is_known &= np.einsum("ij,ij->i", way, way) <= farthest**2
        way[~is_known] = np.nan  # and so is every place on it
        share = (time - since[pair]) / np.maximum(gap, 1)[pair]
        place: Floats = np.take(last, pair, axis=0) + share[:, np.newaxis] * np.take(way, pair, axis=0)
        # Whoever is seen at that very time is there, whatever the gap; the first of two sightings counts.
        for row in (after, before):
            seen_at = np.where(row != NO_ROW, self.time[row], _NEVER)
            is_seen = time == seen_at[pair]
            place[is_seen] = self.place[row[pair[is_seen]]]
        return place


def _in_order(events: pl.DataFrame, positions: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """Put the rows of positions, actors and victims, one below the other, by player and in order.

    Returns:
        The rows, and the place of each in the order of all.
    """
    moment = [_of_events(events, positions, name) for name in ("event_index", "time", "match_no")]
    row: Numbers = np.lexsort(moment)
    # The two sides of an event, which follow each other, have the same place.
    seq = np.arange(len(row)) - (row >= positions.height + events.height)
    by_player = by_group(_players(events, positions)[row])
    return row[by_player], seq[by_player]


def _players(events: pl.DataFrame, positions: pl.DataFrame) -> Numbers:
    return np.concatenate([positions["player"].to_numpy(), *(events[side].to_numpy() for side in SIDES)])


def _of_events(events: pl.DataFrame, positions: pl.DataFrame, name: str) -> npt.NDArray[Any]:
    """Take a column of positions, and below it that of the events twice: for actors, and for victims."""
    return np.concatenate([frame[name].to_physical().to_numpy() for frame in (positions, events, events)])


def _of_sides(events: pl.DataFrame, positions: pl.DataFrame, name: str) -> npt.NDArray[Any]:
    """Take a column of positions, and below it those of actors and of victims."""
    columns = [positions[name], *(events[f"{side}_{name}"] for side in SIDES)]
    return np.concatenate([column.to_numpy() for column in columns])
