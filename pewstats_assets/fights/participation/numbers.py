"""Numbers: how many of each side stand when a fight starts or a player is knocked, and who has the advantage."""

from typing import Final

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import Window
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
        `participant`, `team_standing`, `enemies_standing`, `numbers`; the counts are null in a match without a roster.
    """
    of_teams = ["fight", "team_id"]
    members = (
        cast.sides.filter(pl.col("team_id") != NO_TEAM)
        .select("match_no", *of_teams)
        .join(cast.members, on=["match_no", "team_id"])
        .join(cast.fights.select("fight", "start"), on="fight", how="left", maintain_order="left")
    )
    is_standing = sightings.is_standing(
        members["player"].to_numpy(),
        sightings.seq_of_event[windows.first[members["fight"].to_numpy()]],
        members["start"].to_physical().to_numpy(),
    )
    count = pl.col("is_standing").sum().cast(pl.Int64)
    standing = members.with_columns(is_standing=is_standing).group_by(of_teams).agg(count)
    of_fights = standing.group_by("fight").agg(count.alias("all_standing"))
    number_of_teams = pl.col("teams").list.set_difference([NO_TEAM]).list.len()
    team, enemies = pl.col("team_standing"), pl.col("enemies_standing")
    return (
        cast.participants.select("participant", "match_no", *of_teams)
        .join(standing, on=of_teams, how="left", maintain_order="left")
        .join(of_fights, on="fight", how="left", maintain_order="left")
        .join(cast.fights.select("fight", teams=number_of_teams), on="fight", how="left", maintain_order="left")
        .with_columns(pl.col("is_standing").fill_null(0))
        .select(
            "participant",
            "teams",
            team_standing=_if_known("is_standing", cast),
            enemies_standing=_if_known(pl.col("all_standing") - pl.col("is_standing"), cast),
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


def with_mates_standing(knocks: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Add to knocks how many team mates of the victim stand just before: `mates_standing`; null without a roster."""
    pairs = (
        knocks.select("match_no", "event", "time", "victim", "fight", team_id="victim_team_id")
        .join(cast.members, on=["match_no", "team_id"])
        .filter(pl.col("player") != pl.col("victim"))
    )
    is_standing = sightings.is_standing(
        pairs["player"].to_numpy(),
        sightings.seq_of_event[pairs["event"].to_numpy()],
        pairs["time"].to_physical().to_numpy(),
    )
    counts = pairs.filter(is_standing).group_by("fight", "event").agg(mates_standing=pl.len())
    return knocks.join(counts, on=["fight", "event"], how="left", maintain_order="left").with_columns(
        mates_standing=_if_known(pl.col("mates_standing").fill_null(0), cast)
    )


def _if_known(count: str | pl.Expr, cast: Cast) -> pl.Expr:
    """Null in a match without a roster."""
    with_roster = cast.members.filter("is_on_roster")["match_no"].unique().implode()
    expression = pl.col(count) if isinstance(count, str) else count
    return pl.when(pl.col("match_no").is_in(with_roster)).then(expression.clip(upper_bound=MAX_COUNT))
