"""Numbers: how many of each side stand when a fight starts, and who has the advantage."""

from typing import Final

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import Window
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import STANDING

#: In a fight of more teams somebody is a third party, and numbers mean little.
_TWO: Final = 2


def numbers_at_start(cast: Cast, sightings: Sightings, windows: Window) -> pl.DataFrame:
    """Count who stands of each fight's teams just before its first event, by rosters and by who takes part.

    Returns:
        `participant`, `team_standing`, `enemies_standing`, `numbers`; null in a match without a roster.
    """
    members = cast.sides.join(cast.members, on=["match_no", "team_id"]).join(
        cast.fights.select("fight", "start"), on="fight", how="left", maintain_order="left"
    )
    player, time = members["player"].to_numpy(), members["start"].to_physical().to_numpy()
    seq = sightings.seq_of_event[windows.first[members["fight"].to_numpy()]]
    is_standing = (sightings.state_before(player, seq) == STANDING) & sightings.is_there(player, seq, time)
    of_teams = (
        members.with_columns(is_standing=is_standing).group_by("fight", "team_id").agg(pl.col("is_standing").sum())
    )
    of_fights = of_teams.group_by("fight").agg(all_standing=pl.col("is_standing").sum())
    with_roster = cast.members.filter("is_on_roster")["match_no"].unique().implode()
    team, enemies = pl.col("team_standing"), pl.col("enemies_standing")
    return (
        cast.participants.select("participant", "fight", "match_no", "team_id")
        .join(of_teams, on=["fight", "team_id"], how="left", maintain_order="left")
        .join(of_fights, on="fight", how="left", maintain_order="left")
        .join(
            cast.fights.select("fight", teams=pl.col("teams").list.len()), on="fight", how="left", maintain_order="left"
        )
        .with_columns(
            has_roster=pl.col("match_no").is_in(with_roster), is_standing=pl.col("is_standing").cast(pl.Int64)
        )
        .with_columns(
            team_standing=pl.when("has_roster").then("is_standing"),
            enemies_standing=pl.when("has_roster").then(pl.col("all_standing").cast(pl.Int64) - pl.col("is_standing")),
        )
        .select(
            *("participant", "team_standing", "enemies_standing"),
            numbers=pl.when(pl.col("teams") > _TWO)
            .then(pl.lit("third_party"))
            .when(team > enemies)
            .then(pl.lit("ahead"))
            .when(team < enemies)
            .then(pl.lit("behind"))
            .when(team == enemies)
            .then(pl.lit("even")),
        )
    )
