"""The first hit of a fight, and of each participant in it."""

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import distance_m, is_hit


def first_hits(window: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Find first hits, equal times as in the file.

    Returns:
        `participant`, `first_hit_at`, `dealt_first_hit`, `took_first_hit`, `first_hit_distance_m`, `joined_late`, and
        `first_hit_event`, the number of the event.
    """
    hits = window.filter(is_hit()).select(
        *("fight", "event", "time", "actor_participant", "victim_participant", "actor_team_id", "victim_team_id"),
        first_hit_distance_m=distance_m(),
    )
    of_fights = hits.unique("fight", keep="first", maintain_order=True)
    dealt = hits.select("event", "time", "first_hit_distance_m", participant="actor_participant").drop_nulls(
        "participant"
    )
    taken = hits.select("event", "time", participant="victim_participant").drop_nulls("participant")
    of_participants = (
        pl.concat([dealt.drop("first_hit_distance_m"), taken])
        .sort("event")
        .unique("participant", keep="first", maintain_order=True)
    )
    distances = dealt.unique("participant", keep="first", maintain_order=True)
    team = pl.col("team_id")
    return (
        cast.participants.select("participant", "fight", "team_id")
        .join(of_fights.drop("event", "time", "first_hit_distance_m"), on="fight", how="left", maintain_order="left")
        .join(of_participants, on="participant", how="left", maintain_order="left")
        .join(
            distances.select("participant", "first_hit_distance_m"), on="participant", how="left", maintain_order="left"
        )
        .select(
            "participant",
            first_hit_at="time",
            first_hit_event="event",
            dealt_first_hit=_is_same("actor_participant"),
            took_first_hit=_is_same("victim_participant") & ~_is_same("actor_participant"),  # of one name, it dealt it
            first_hit_distance_m="first_hit_distance_m",
            joined_late=(team != pl.col("actor_team_id")) & (team != pl.col("victim_team_id")),
        )
    )


def _is_same(participant: str) -> pl.Expr:
    """Whether it is this participant; null if the fight has no hit, false if a hit is of no participant."""
    has_hit = pl.col("actor_team_id").is_not_null()
    return pl.when(has_hit).then(pl.col("participant").eq_missing(pl.col(participant)))
