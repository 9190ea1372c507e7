"""Numbers: how many of each side stand when a fight starts or a player is knocked, and who has the advantage."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import Window
from pewstats_assets.fights.participation.ordered import Numbers
from pewstats_assets.fights.participation.sightings import Sightings

#: The environment's, which v2 takes for a team (rule 4).
NO_TEAM: Final = 0
#: In a fight of more teams somebody is a third party, and numbers mean little.
_TWO: Final = 2
#: More than any team has; a forged roster may.
MAX_COUNT: Final = 32_767


def numbers_at_start(cast: Cast, sightings: Sightings, windows: Window) -> pl.DataFrame:
    """Count who stands of each fight's teams just before its first event, by rosters and by who takes part.

    Returns:
        `team_standing`, `enemies_standing`, `numbers` of each participant; the counts are null in a match without a
        roster.
    """
    fight, team = cast.sides["fight"].to_numpy(), cast.sides["team"].to_numpy()
    is_team = cast.sides["team_id"].to_numpy() != NO_TEAM
    side, player = cast.members.of_teams(team)
    start = cast.fights["start"].to_physical().to_numpy()
    is_standing = is_team[side] & sightings.is_standing(
        player, sightings.seq_of_event[windows.first[fight[side]]], start[fight[side]]
    )
    standing = np.bincount(side[is_standing], minlength=len(team))
    all_standing = np.bincount(fight[side[is_standing]], minlength=cast.fights.height)
    teams = np.bincount(fight[is_team], minlength=cast.fights.height)
    has_members = np.bincount(fight[side[is_team[side]]], minlength=cast.fights.height) > 0

    own_side, own_fight = cast.participants["side"].to_numpy(), cast.participants["fight"].to_numpy()
    counts = cast.participants.select(
        teams=pl.Series(teams[own_fight]),
        team_standing=_if_known(standing[own_side], cast),
        enemies_standing=pl.when(pl.Series(has_members[own_fight])).then(
            _if_known(all_standing[own_fight] - standing[own_side], cast)
        ),
    )
    more, fewer = pl.col("team_standing"), pl.col("enemies_standing")
    return counts.select(
        *("team_standing", "enemies_standing"),
        numbers=pl.when(pl.col("teams") > _TWO)
        .then(pl.lit("third_party"))
        .when(more > fewer)
        .then(pl.lit("ahead"))
        .when(more < fewer)
        .then(pl.lit("behind"))
        .when(more == fewer)
        .then(pl.lit("even")),
    )


def with_mates_standing(knocks: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Add to knocks how many team mates of the victim stand just before: `mates_standing`; null without a roster."""
    victim, seq = knocks["victim"].to_numpy(), sightings.seq_of_event[knocks["event"].to_numpy()]
    time = knocks["time"].to_physical().to_numpy()
    knock, player = cast.members.of_teams(knocks["victim_team"].to_numpy())
    is_standing = (player != victim[knock]) & sightings.is_standing(player, seq[knock], time[knock])
    mates_standing = np.bincount(knock[is_standing], minlength=knocks.height)
    return knocks.with_columns(mates_standing=_if_known(mates_standing, cast))


def _if_known(counts: Numbers, cast: Cast) -> pl.Expr:
    """Counts, by rows with a `match_no`; null in a match without a roster."""
    has_roster = pl.col("match_no").is_in(cast.with_roster.tolist())
    return pl.when(has_roster).then(pl.Series(np.minimum(counts, MAX_COUNT)))
