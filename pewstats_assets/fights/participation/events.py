"""The combat events of some matches in order, with numbers for their players, and those of each fight's window."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast, numbered, player_key
from pewstats_assets.fights.participation.ordered import Numbers, Ordered, rows_of_ranges

CM_PER_M: Final = 100
US_PER_S: Final = 1_000_000
#: polars multiplies by these wherever it stands. It divides one row, and multiplies several by the reciprocal: then the
#: last bit of a match's figures would depend on which matches it is described with.
M_PER_CM: Final = 0.01
S_PER_US: Final = 1e-6

#: What counts in a fight's window; `kill_v1` ends lives and knocks, but no ruleset counts it.
_IN_WINDOWS: Final = ("damage", "knock", "kill")
_SIDES: Final = ("actor", "victim")


@dataclass(frozen=True, slots=True)
class Window:
    """Where the windows of fights begin and end among the events, by number: `first` is in it, `behind` is not."""

    first: Numbers
    behind: Numbers


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Sort rows of matches by time, equal times as in the file."""
    # Stable sorting is fast here: files are nearly in order.
    return frame.sort("match_no", "time", "event_index", maintain_order=True)


def keyed_events(combat: pl.DataFrame) -> pl.DataFrame:
    """Put combat events in order, numbered by `event`, with `actor_key` and `victim_key` (see `player_key`)."""
    keys = [player_key(side).alias(f"{side}_key") for side in _SIDES]
    return in_order(combat).with_row_index("event").with_columns(keys)


def numbered_events(keyed: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Put the players' numbers, `actor` and `victim`, in place of their keys, and add those of their teams.

    `actor_team` and `victim_team` are null for teams that are in no fight of the match.
    """
    for side in _SIDES:
        keyed = numbered(keyed.rename({f"{side}_key": "key"}), cast.players).rename({"player": side})
        teams = cast.teams.select(
            "match_no", pl.col("team_id").alias(f"{side}_team_id"), pl.col("team").alias(f"{side}_team")
        )
        keyed = keyed.join(teams, on=["match_no", f"{side}_team_id"], how="left", maintain_order="left")
    return keyed


def windows_of(events: pl.DataFrame, cast: Cast) -> Window:
    """Find where each fight's window begins and ends, ends included (v2 rule 16)."""
    time = events["time"].to_physical().to_numpy()
    times = np.unique(time)
    by_time = Ordered(events["match_no"].to_numpy(), np.searchsorted(times, time))
    match_no = cast.fights["match_no"].to_numpy()
    start, end = (cast.fights[name].to_physical().to_numpy() for name in ("start", "end"))
    return Window(
        first=by_time.first_from(match_no, np.searchsorted(times, start, "left")),
        behind=by_time.first_from(match_no, np.searchsorted(times, end, "right")),
    )


def window_events(events: pl.DataFrame, cast: Cast, windows: Window) -> pl.DataFrame:
    """Give each fight the events of its window between its teams (v2 rules 16 to 19), in order.

    Damage of 0 is left out: it adds nothing.

    Returns:
        `fight`, the columns of the events, and `actor_participant` and `victim_participant`, null for who is none.
    """
    is_of_two_teams = pl.col("actor_team") != pl.col("victim_team")
    counted = events.filter(
        pl.col("kind").is_in(_IN_WINDOWS),
        is_of_two_teams | (is_of_two_teams.is_not_null() & (pl.col("kind") != "damage")),
        (pl.col("kind") != "damage") | (pl.col("damage") != 0),
    ).sort("actor_team", "event")
    by_team = Ordered(counted["actor_team"].to_numpy(), counted["event"].to_numpy())
    fight, team = cast.sides["fight"].to_numpy(), cast.sides["team"].to_numpy()
    side, row = rows_of_ranges(
        by_team.first_from(team, windows.first[fight]), by_team.first_from(team, windows.behind[fight])
    )
    found = (
        counted[row]
        .with_columns(pl.Series("fight", fight[side], pl.UInt32))
        .join(cast.sides.select("fight", victim_team="team"), on=["fight", "victim_team"], how="semi")
        .sort("fight", "event")
    )
    for of in _SIDES:
        names = cast.participants.select("fight", pl.col("player_name").alias(f"{of}_name"), "participant")
        found = found.join(names, on=["fight", f"{of}_name"], how="left", maintain_order="left")
        found = found.rename({"participant": f"{of}_participant"})
    return found


def is_hit() -> pl.Expr:
    """Whether a window event is a hit: damage above 0 between different teams."""
    return (pl.col("kind") == "damage") & (pl.col("damage") > 0)


def distance_m() -> pl.Expr:
    """Distance between actor and victim, in space; null if a place is missing."""
    squares = [(pl.col(f"actor_{axis}") - pl.col(f"victim_{axis}")) ** 2 for axis in "xyz"]
    return pl.sum_horizontal(squares, ignore_nulls=False).sqrt() * M_PER_CM


def is_somebody(role: str) -> pl.Expr:
    """Whether a side of an event is a player or an NPC; the environment has neither a name nor an account."""
    name, account = pl.col(f"{role}_name"), pl.col(f"{role}_account_id")
    return ((name != "") | (account != "")).fill_null(value=False)
