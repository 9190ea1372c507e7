"""Height: how much higher than their opponents participants are."""

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import M_PER_CM
from pewstats_assets.fights.participation.ordered import NO_ROW


def height_over_opponent(hits: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Average, over the hits that a participant deals and takes, the own height less the opponent's.

    Returns:
        `height_over_opponent_m` of each participant; null without a hit with both places.
    """
    actor_higher_m = (pl.col("actor_z") - pl.col("victim_z")) * M_PER_CM
    heights = hits.select("actor_participant", "victim_participant", height=actor_higher_m).drop_nulls()
    dealt = heights.select("height", participant="actor_participant")
    taken = heights.select(-pl.col("height"), participant="victim_participant")
    found = (
        # Added up in one order, whatever polars' threads do: the last bits are the same in every run.
        pl.concat([dealt, taken], rechunk=True)
        .filter(pl.col("participant") != NO_ROW)
        .sort("participant", "height")
        .group_by("participant", maintain_order=True)
        .agg(height_over_opponent_m=pl.col("height").mean())
    )
    return cast.of_participants(found)
