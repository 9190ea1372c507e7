"""Movement: how far participants go in a fight, and how fast."""

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import CM_PER_M
from pewstats_assets.fights.participation.grid import Grid, per_second


def movement(cast: Cast, grid: Grid) -> pl.DataFrame:
    """Add up the way from second to second, in space, of participants while they are alive.

    Returns:
        `distance_moved_m`, `mean_speed_mps` of each participant; null where no second is known.
    """
    lines = grid.of(cast.participants["fight"].to_numpy(), cast.participants["player"].to_numpy())
    step = np.diff(np.take(grid.place, lines.point, axis=0), axis=0, prepend=np.nan)
    way = np.sqrt(np.einsum("ij,ij->i", step, step)) / CM_PER_M
    is_alive = np.take(grid.is_alive, lines.point)
    is_known = ~np.isnan(way) & is_alive & np.roll(is_alive, 1)
    is_known[lines.first] = False  # there is no way from the last point of the line before
    seconds = lines.sum(is_known)
    moved = pl.Series(lines.sum(np.where(is_known, way, 0.0)))
    return pl.select(
        distance_moved_m=pl.when(pl.Series(seconds > 0)).then(moved),
        mean_speed_mps=per_second(lines, way, is_known),
    )
