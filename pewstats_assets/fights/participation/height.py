"""Height: how much higher than their opponents participants are."""

import polars as pl

from pewstats_assets.fights.participation.events import M_PER_CM, is_hit


def height_over_opponent(window: pl.DataFrame) -> pl.DataFrame:
    """Average, over the hits that a participant deals and takes, the own height less the opponent's.

    Returns:
        `participant`, `height_over_opponent_m`, for who has a hit with both places.
    """
    actor_higher_m = (pl.col("actor_z") - pl.col("victim_z")) * M_PER_CM
    hits = window.filter(is_hit()).select("actor_participant", "victim_participant", height=actor_higher_m)
    dealt = hits.select("height", participant="actor_participant")
    taken = hits.select(-pl.col("height"), participant="victim_participant")
    return (
        # Added up in one order, whatever polars' threads do: the last bits are the same in every run.
        pl.concat([dealt, taken], rechunk=True)
        .drop_nulls()
        .sort("participant", "height")
        .group_by("participant", maintain_order=True)
        .agg(height_over_opponent_m=pl.col("height").mean())
    )
