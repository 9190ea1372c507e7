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

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import CM_PER_M, US_PER_S, in_order
from pewstats_assets.fights.participation.ordered import Numbers, Ordered
from pewstats_assets.fights.participation.states import DEAD, STANDING, state_after, with_states

#: Positions of everybody come every 10 s.
MAX_GAP: Final = timedelta(seconds=15)
#: Who falls from the plane has 65 m/s. Within a second, places may be as far apart as that of a second.
MAX_SPEED_MPS: Final = 100

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint8]

_MAX_GAP_US: Final = MAX_GAP // timedelta(microseconds=1)


class Sightings:
    """The sightings of all players of some matches, by player and in order; arrays have an entry for each.

    Attributes:
        player: the player's number.
        time: in microseconds since 1970, UTC.
        state: of the player just after the sighting.
        place: x, y, z in cm, of shape (n, 3); NaN where it is not known.
        in_blue_zone: whether the player was; null if the event does not say, or the player was dead.
        known_before: the player's last sighting with a place that is no later, -1 without one.
        known_after: the player's first sighting with a place that is no earlier, -1 without one.
        seq_of_event: the place of each event in the order of all sightings.
        victim_state: of each event's victim, just before it.
        changes: player, seq, time, change, is_up_again: what changed the state of players, by player and in order:
            the state that an event left, or null where a sighting shows that the player stands again.
    """

    def __init__(self, events: pl.DataFrame, positions: pl.DataFrame, cast: Cast) -> None:
        """Put sightings in order.

        Args:
            events: see `events.numbered_events`.
            positions: `match_no` and the columns of `telemetry.frames.POSITIONS`, and `player`, its number.
            cast: all players of these matches.
        """
        frame = with_states(_all_sightings(events, positions))
        of_victims = frame.select("event", "is_victim", "seq", "state_before").filter("is_victim").sort("event")
        self.seq_of_event: Numbers = of_victims["seq"].to_numpy()
        self.victim_state: States = of_victims["state_before"].to_numpy()
        self.changes = frame.select("player", "seq", "time", "change", "is_up_again").filter(
            pl.col("change").is_not_null() | pl.col("is_up_again")
        )
        self.player = frame["player"].to_numpy()
        self.time: Numbers = frame["time"].to_physical().to_numpy()
        self.state: States = frame["state"].to_numpy()
        self.place: Floats = np.column_stack([frame[axis].fill_null(np.nan).to_numpy() for axis in "xyz"])
        self.in_blue_zone = frame.select(pl.when(pl.col("state_before") != DEAD).then("in_blue_zone")).to_series()
        known = frame.select(row=pl.when(pl.col("x").is_not_null()).then(pl.int_range(pl.len())))["row"]
        self.known_before = self._if_of_same_player(known.forward_fill())
        self.known_after = self._if_of_same_player(known.backward_fill())
        self._by_player = Ordered(self.player, frame["seq"].to_numpy())
        with_positions = positions["match_no"].unique().implode()
        self._has_positions: Flags = cast.players["match_no"].is_in(with_positions).to_numpy()

    def _if_of_same_player(self, rows: pl.Series) -> Numbers:
        found = rows.fill_null(-1).to_numpy()
        return np.where((found >= 0) & (np.take(self.player, found) == self.player), found, -1)

    def first_from(self, player: npt.NDArray[Any], seq: npt.NDArray[Any]) -> Numbers:
        """Return the row of each player's first sighting at a place in the order or behind it."""
        return self._by_player.first_from(player, seq)

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
        known_before = np.where(is_seen_before, self.known_before[before], -1)
        known_after = np.where(is_seen_after, self.known_after[np.where(is_seen_after, after, 0)], -1)
        return self.between(known_before, known_after, time)

    def is_there(self, player: npt.NDArray[Any], seq: npt.NDArray[Any], time: Numbers) -> Flags:
        """Tell whether players are still seen: who has left the match, or never came, is not.

        In a match without any position everybody is there.
        """
        after = self.first_from(player, seq)
        is_seen_lately = self.is_of(player, after - 1) & (time - self.time[after - 1] <= _MAX_GAP_US)
        is_there: Flags = self.is_of(player, after) | is_seen_lately | ~self._has_positions[player]
        return is_there

    def between(self, before: Numbers, after: Numbers, time: Numbers) -> Floats:
        """Return places at times between two rows each, of shape (n, 3); NaN where that is not known."""
        # Whoever is seen at that very time is there, whatever the gap.
        after = np.where((before >= 0) & (self.time[before] == time), before, after)
        before = np.where((after >= 0) & (self.time[after] == time), after, before)
        since, until = self.time[before], self.time[after]
        last = np.take(self.place, before, axis=0)
        way = np.take(self.place, after, axis=0) - last
        gap = until - since
        farthest = MAX_SPEED_MPS * CM_PER_M * np.maximum(gap / US_PER_S, 1)
        is_known = (before >= 0) & (after >= 0) & (gap <= _MAX_GAP_US)
        is_known &= np.einsum("ij,ij->i", way, way) <= farthest**2
        share = np.where(is_known, (time - since) / np.maximum(gap, 1), np.nan)
        return last + share[:, np.newaxis] * way


def _all_sightings(events: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    moment = ("match_no", "time", "event_index")
    by_position = positions.select(
        *(*moment, "player", "x", "y", "z", "in_blue_zone"),
        event=pl.lit(None, pl.UInt32),
        is_victim=pl.lit(value=False),
        change=pl.lit(None, pl.UInt8),
        has_health=(pl.col("health") > 0).fill_null(value=False),
    )
    by_event = [
        events.select(
            *(*moment, pl.col(side).alias("player")),
            *(pl.col(f"{side}_{axis}").alias(axis) for axis in "xyz"),
            *(pl.col(f"{side}_in_blue_zone").alias("in_blue_zone"), "event"),
            is_victim=pl.lit(side == "victim"),
            change=state_after() if side == "victim" else pl.lit(None, pl.UInt8),
            has_health=pl.lit(value=False),
        )
        for side in ("actor", "victim")
    ]
    sightings = pl.concat([by_position, *by_event])
    order = (
        in_order(sightings.select(*moment, "player", "is_victim", row=pl.int_range(pl.len())))
        # The two sides of an event, which follow each other, have the same place.
        .select("player", "row", seq=pl.int_range(pl.len()) - pl.col("is_victim").cast(pl.Int64))
        .sort("player", maintain_order=True)
    )
    return sightings.select(pl.exclude("player", *moment[::2]))[order["row"]].with_columns(
        order["player"], order["seq"]
    )
