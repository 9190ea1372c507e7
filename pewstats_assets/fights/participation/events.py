"""The combat events of some matches in order, with numbers for their players, and those of each fight's window."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast, numbers_of_teams
from pewstats_assets.fights.participation.ordered import NO_ROW, ByTime, Numbers, Ordered, by_group, rows_of_ranges
from pewstats_assets.fights.participation.players import Players

CM_PER_M: Final = 100
US_PER_S: Final = 1_000_000
#: polars multiplies by these wherever it stands. It divides one row, and multiplies several by the reciprocal: then the
#: last bit of a match's figures would depend on which matches it is described with.
M_PER_CM: Final = 0.01
S_PER_US: Final = 1e-6

#: What counts in a fight's window; `kill_v1` ends lives and knocks, but no ruleset counts it.
_IN_WINDOWS: Final = ("damage", "knock", "kill")
SIDES: Final = ("actor", "victim")


@dataclass(frozen=True, slots=True)
class Window:
    """Where the windows of fights begin and end among the events, by number: `first` is in it, `behind` is not."""

    first: Numbers
    behind: Numbers


def numbered_events(combat: pl.DataFrame, players: Players, cast: Cast) -> pl.DataFrame:
    """Put combat events in order, equal times as in the file, and number them, their players and teams.

    Args:
        combat: `match_no` and the columns of `telemetry.frames.COMBAT`.
        players: numbers players.
        cast: has the teams.

    Returns:
        `event`, the columns of `combat`, `actor` and `victim`, and `actor_team` and `victim_team`, `NO_ROW` for teams
        that are in no fight of the match.
    """
    # Stable sorting is fast here: files are nearly in order.
    events = combat.sort("match_no", "time", "event_index", maintain_order=True).with_row_index("event")
    return events.with_columns(
        *(players.number(events, side) for side in SIDES),
        *(
            pl.Series(f"{side}_team", numbers_of_teams(cast.teams, events["match_no"], events[f"{side}_team_id"]))
            for side in SIDES
        ),
    )


def windows_of(events: pl.DataFrame, cast: Cast) -> Window:
    """Find where each fight's window begins and ends, ends included (v2 rule 16)."""
    by_time = ByTime(events["match_no"].to_numpy(), events["time"].to_physical().to_numpy())
    match_no = cast.fights["match_no"].to_numpy()
    start, end = (cast.fights[name].to_physical().to_numpy() for name in ("start", "end"))
    return Window(first=by_time.first_from(match_no, start), behind=by_time.first_after(match_no, end))


def window_events(events: pl.DataFrame, cast: Cast, windows: Window) -> pl.DataFrame:
    """Give each fight the events of its window between its teams (v2 rules 16 to 19), in order.

    Damage of 0 is left out: it adds nothing.

    Returns:
        `fight`, the columns of the events, and `actor_participant` and `victim_participant`, `NO_ROW` for who is none.
    """
    is_counted = (
        pl.col("kind").is_in(_IN_WINDOWS) & (pl.col("actor_team") != NO_ROW) & (pl.col("victim_team") != NO_ROW)
    )
    is_counted &= (pl.col("kind") != "damage") | (
        (pl.col("damage") != 0) & (pl.col("actor_team") != pl.col("victim_team"))
    )
    actor_team, victim_team = (events[f"{side}_team"].to_numpy() for side in SIDES)
    event = events.select(is_counted).to_series().arg_true().to_numpy().astype(np.int64)
    event = event[by_group(actor_team[event])]
    by_team = Ordered(actor_team[event], event)
    fight, team = cast.sides["fight"].to_numpy(), cast.sides["team"].to_numpy()
    side, row = rows_of_ranges(
        by_team.first_from(team, windows.first[fight]), by_team.first_from(team, windows.behind[fight])
    )
    event, of_fight = event[row], fight[side]
    teams = cast.teams.height
    is_between = np.isin(of_fight * teams + victim_team[event], fight * teams + team)
    event, of_fight = event[is_between], of_fight[is_between]
    order = np.lexsort((event, of_fight))
    found = events[event[order]].with_columns(fight=of_fight[order])
    participants = [
        found.select("fight", player_name=f"{side}_name")
        .join(
            cast.participants.select("fight", "player_name", pl.col("participant").alias(f"{side}_participant")),
            on=["fight", "player_name"],
            how="left",
            maintain_order="left",
        )
        .select(pl.col(f"{side}_participant").fill_null(NO_ROW))
        for side in SIDES
    ]
    return pl.concat([found, *participants], how="horizontal")


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
