"""Where and in which state every player was seen: by positions, and as either side of a combat event.

Between two sightings a player is on the straight line from one to the other, and stays in the state that the first
left. Places that are more than `MAX_GAP` apart in time say nothing about the time in between.
"""

from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import in_order
from pewstats_assets.fights.participation.ordered import Numbers, Ordered
from pewstats_assets.fights.participation.states import DEAD, STANDING, with_states

#: Positions of everybody come every 10 s.
MAX_GAP: Final = timedelta(seconds=15)

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
        changes: player, seq, time, kind: what changed the state of players, by player and in order: a knock, kill,
            kill_v1 or revive, or null where a sighting shows that the player stands again.
    """

    def __init__(self, events: pl.DataFrame, positions: pl.DataFrame, cast: Cast) -> None:
        """Put sightings in order.

        Args:
            events: see `events.numbered_events`.
            positions: `match_no` and the columns of `telemetry.frames.POSITIONS`, and `player`, its number.
            cast: all players of these matches.
        """
        frame = with_states(_all_sightings(events, positions))
        of_victims = frame.filter(pl.col("victim_of").is_not_null()).sort("event")
        self.seq_of_event: Numbers = of_victims["seq"].to_numpy()
        self.victim_state: States = of_victims["state_before"].to_numpy()
        is_change = pl.col("victim_of").is_in(["knock", "kill", "kill_v1", "revive"]).fill_null(value=False)
        self.changes = frame.filter(is_change | pl.col("is_up_again")).select(
            "player", "seq", "time", kind=pl.when(is_change).then(pl.col("victim_of").cast(pl.String))
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
        return np.where((found >= 0) & (self.player[found] == self.player), found, -1)

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
        is_known = (before >= 0) & (after >= 0) & (until - since <= _MAX_GAP_US)
        share = np.where(is_known, (time - since) / np.maximum(until - since, 1), np.nan)
        last, following = np.take(self.place, before, axis=0), np.take(self.place, after, axis=0)
        return last + share[:, np.newaxis] * (following - last)


def _all_sightings(events: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    no_event = pl.lit(None, pl.UInt32).alias("event")
    no_kind = pl.lit(None, events.schema["kind"]).alias("victim_of")
    by_position = positions.select(
        *("match_no", "time", "event_index", "player", "x", "y", "z", "in_blue_zone"),
        no_event,
        no_kind,
        has_health=pl.col("health") > 0,
    )
    by_event = [
        events.select(
            *("match_no", "time", "event_index", pl.col(side).alias("player")),
            *(pl.col(f"{side}_{axis}").alias(axis) for axis in "xyz"),
            pl.col(f"{side}_in_blue_zone").alias("in_blue_zone"),
            *("event", pl.col("kind").alias("victim_of") if side == "victim" else no_kind),
            has_health=pl.lit(None, pl.Boolean),
        )
        for side in ("actor", "victim")
    ]
    # The two sides of an event, which follow each other, have the same place.
    is_other_side = pl.col("victim_of").is_not_null()
    return (
        in_order(pl.concat([by_position, *by_event]))
        .with_columns(seq=pl.int_range(pl.len()) - is_other_side.cast(pl.Int64))
        .sort("player", maintain_order=True)
    )
