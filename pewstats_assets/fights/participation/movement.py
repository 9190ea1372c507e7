"""Movement: how far participants go in a fight, and how fast."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.grid import Grid, per_second

_CM_PER_M: Final = 100


def movement(cast: Cast, grid: Grid) -> pl.DataFrame:
    """Add up the way from second to second, in space, of participants while they are alive.

    Returns:
        `participant`, `distance_moved_m`, `mean_speed_mps`; null where no second is known.
    """
    lines = grid.of(cast.participants)
    place = np.where(grid.is_alive[lines.point, np.newaxis], grid.place[lines.point], np.nan)
    way = np.full(len(place), np.nan)
    way[1:] = np.sqrt(((place[1:] - place[:-1]) ** 2).sum(axis=1)) / _CM_PER_M
    way[lines.first] = np.nan  # there is none from the last point of the line before
    is_known = ~np.isnan(way)
    seconds = lines.sum(is_known)
    return (
        cast.participants.select("participant")
        .with_columns(
            pl.Series("seconds", seconds),
            pl.Series("distance_moved_m", lines.sum(np.where(is_known, way, 0.0))),
        )
        .select(
            "participant",
            distance_moved_m=pl.when(pl.col("seconds") > 0).then("distance_moved_m"),
            mean_speed_mps=per_second(lines, way, is_known),
        )
    )
