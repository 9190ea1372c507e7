"""From the fights of some matches, and their telemetry, to how each participant fought."""

from collections.abc import Sequence

import polars as pl

from pewstats_assets.fights.batch import MatchFights
from pewstats_assets.fights.participation.cast import cast_of, is_account, numbered, player_key
from pewstats_assets.fights.participation.columns import PARTICIPATION, FightDetails
from pewstats_assets.fights.participation.damage import damage_by_state, damage_by_weapon
from pewstats_assets.fights.participation.events import keyed_events, numbered_events, window_events, windows_of
from pewstats_assets.fights.participation.first_hits import first_hits
from pewstats_assets.fights.participation.focus import focused_damage
from pewstats_assets.fights.participation.grid import Grid, rows_of_grid
from pewstats_assets.fights.participation.height import height_over_opponent
from pewstats_assets.fights.participation.knocks import (
    FATES,
    KNOCKS_TAKEN,
    knocks_dealt,
    knocks_of,
    knocks_table,
    knocks_taken,
)
from pewstats_assets.fights.participation.movement import movement
from pewstats_assets.fights.participation.numbers import numbers_at_start, with_mates_standing
from pewstats_assets.fights.participation.position import mates_at_first_hit, mates_of, mean_mate_distance
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.size import refuse_too_much
from pewstats_assets.fights.participation.squads import squads_of
from pewstats_assets.fights.participation.trades import TRADES, trade_chances, with_trades
from pewstats_assets.fights.participation.zone import in_blue_zone, zone_phases


def describe_fights(
    matches: Sequence[MatchFights],
    combat: pl.DataFrame,
    positions: pl.DataFrame,
    phases: pl.DataFrame,
    rosters: pl.DataFrame,
) -> FightDetails:
    """Tell how each participant fought, what became of every knock, and who played together.

    Args:
        matches: with their fights; the frames may have rows of other matches, too.
        combat: `match_no` and the columns of `telemetry.frames.COMBAT`.
        positions: `match_no` and the columns of `telemetry.frames.POSITIONS`.
        phases: `match_no` and the columns of `telemetry.frames.PHASES`.
        rosters: `match_no` and the columns of `telemetry.frames.ROSTERS`.

    Raises:
        TooMuchToDescribeError: no real match is so large.
    """
    is_of_matches = pl.col("match_no").is_in([match.match_no for match in matches])
    has_fights = pl.col("match_no").is_in([match.match_no for match in matches if match.fights])
    combat, positions, phases = (frame.filter(has_fights) for frame in (combat, positions, phases))
    keyed = keyed_events(combat)
    keyed_positions = positions.with_columns(player_key("player"))
    named = [keyed.select("match_no", key=f"{side}_key") for side in ("actor", "victim")]
    seen = keyed_positions.select("match_no", "key", "team_id", is_account=is_account("player")).unique(
        maintain_order=True
    )
    cast = cast_of(matches, named, seen.select("match_no", "key", "team_id"), rosters)
    events = numbered_events(keyed, cast)
    sightings = Sightings(events, numbered(keyed_positions, cast.players), cast)
    windows = windows_of(events, cast)
    refuse_too_much(events, cast, windows)
    window = window_events(events, cast, windows)
    knocks = with_trades(knocks_of(window, events, sightings), events, cast)
    mates = mates_of(cast)
    first = first_hits(window, cast)
    grid = Grid(rows_of_grid(mates, cast), cast, sightings, windows)
    participants = (
        cast.participants.join(zone_phases(cast, phases), on="fight", how="left", maintain_order="left")
        .pipe(_with, first)
        .pipe(_with, damage_by_state(window, sightings), or_0=("damage_to_standing", "damage_to_knocked"))
        .pipe(_with, knocks_dealt(knocks), or_0=("enemy_knocks", *FATES))
        .pipe(_with, knocks_taken(knocks), or_0=KNOCKS_TAKEN)
        .pipe(_with, trade_chances(knocks, cast, sightings), or_0=TRADES)
        .pipe(_with, focused_damage(window), or_0=("focused_damage",))
        .pipe(_with, mates_at_first_hit(first, mates, cast, sightings))
        .pipe(_with, mean_mate_distance(mates, cast, grid))
        .pipe(_with, movement(cast, grid))
        .pipe(_with, height_over_opponent(window))
        .pipe(_with, in_blue_zone(cast, sightings, windows))
        .pipe(_with, damage_by_weapon(window))
        .pipe(_with, numbers_at_start(cast, sightings, windows))
    )
    return FightDetails(
        participants=participants.select(PARTICIPATION.names()).cast(PARTICIPATION),
        knocks=knocks_table(with_mates_standing(knocks, cast, sightings), cast),
        squads=squads_of(rosters.filter(is_of_matches), seen.filter("is_account")),
    )


def _with(participants: pl.DataFrame, found: pl.DataFrame, or_0: Sequence[str] = ()) -> pl.DataFrame:
    """Add the columns that were found; participants of whom nothing was found have null, or 0 in some."""
    is_found = pl.col("is_found").is_not_null()
    return (
        participants.join(found.with_columns(is_found=True), on="participant", how="left", maintain_order="left")
        .with_columns(pl.when(is_found).then(name).otherwise(0).alias(name) for name in or_0)
        .drop("is_found")
    )
