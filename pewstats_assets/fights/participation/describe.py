"""From the fights of some matches, and their telemetry, to how each participant fought."""

from collections.abc import Sequence

import polars as pl

from pewstats_assets.fights.batch import MatchFights
from pewstats_assets.fights.participation.cast import cast_of, seen_of
from pewstats_assets.fights.participation.columns import PARTICIPATION, FightDetails
from pewstats_assets.fights.participation.damage import damage_by_state, damage_by_weapon
from pewstats_assets.fights.participation.events import is_hit, numbered_events, window_events, windows_of
from pewstats_assets.fights.participation.first_hits import first_hits
from pewstats_assets.fights.participation.focus import focused_damage
from pewstats_assets.fights.participation.grid import Grid
from pewstats_assets.fights.participation.height import height_over_opponent
from pewstats_assets.fights.participation.knocks import knocks_dealt, knocks_of, knocks_table, knocks_taken
from pewstats_assets.fights.participation.mates import mates_of
from pewstats_assets.fights.participation.movement import movement
from pewstats_assets.fights.participation.numbers import numbers_at_start, with_mates_standing
from pewstats_assets.fights.participation.players import Players, is_account
from pewstats_assets.fights.participation.position import mates_at_first_hit, mean_mate_distance
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.size import refuse_too_much
from pewstats_assets.fights.participation.squads import squads_of
from pewstats_assets.fights.participation.trades import trade_chances, with_trades
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
    with_fights = [match.match_no for match in matches if match.fights]
    has_fights = pl.col("match_no").is_in(with_fights)
    combat, positions, phases = (frame.filter(has_fights) for frame in (combat, positions, phases))
    players = Players(with_fights)
    positions = positions.with_columns(players.number(positions, "player"))
    seen = seen_of(positions)
    cast = cast_of(matches, players, seen, rosters.filter(has_fights))
    events = numbered_events(combat, players, cast)
    sightings = Sightings(events, positions, players)
    windows = windows_of(events, cast)
    refuse_too_much(events, cast, windows)
    window = window_events(events, cast, windows)
    hits = window.filter(is_hit())
    knocks = with_trades(knocks_of(window, events, sightings), events, cast)
    mates = mates_of(cast)
    first = first_hits(hits, cast)
    grid = Grid(mates, cast, sightings, windows)
    figures = [
        zone_phases(cast, phases),
        first,
        damage_by_state(window, cast, sightings),
        knocks_dealt(knocks, cast),
        knocks_taken(knocks, cast),
        trade_chances(knocks, cast, sightings),
        focused_damage(hits, cast),
        mates_at_first_hit(first, mates, cast, sightings),
        mean_mate_distance(mates, cast, grid),
        movement(cast, grid),
        height_over_opponent(hits, cast),
        in_blue_zone(cast, sightings, windows),
        damage_by_weapon(hits, cast),
        numbers_at_start(cast, sightings, windows),
    ]
    return FightDetails(
        participants=pl.concat([cast.participants, *figures], how="horizontal")
        .select(PARTICIPATION.names())
        .cast(PARTICIPATION),
        knocks=knocks_table(with_mates_standing(knocks, cast, sightings), cast),
        squads=squads_of(
            rosters.filter(is_of_matches),
            seen.filter(is_account("player")).select("match_no", "team_id", key="player_account_id"),
        ),
    )
