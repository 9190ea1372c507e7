"""Position: how far team mates are, at a participant's first hit and on average."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import CM_PER_M
from pewstats_assets.fights.participation.grid import Grid, per_second
from pewstats_assets.fights.participation.numbers import MAX_COUNT
from pewstats_assets.fights.participation.sightings import Floats, Sightings

#: Inclusive, in metres.
RADII_M: Final = (25, 50, 100)
ALONE_M: Final = 100


def mates_of(cast: Cast) -> pl.DataFrame:
    """List each participant's team mates, by rosters and by who takes part: `participant` and `mate`, in order."""
    return (
        cast.participants.select("match_no", "team_id", "participant", "player")
        .join(cast.members.select("match_no", "team_id", mate="player"), on=["match_no", "team_id"])
        .filter(pl.col("mate") != pl.col("player"))
        .select("participant", "mate")
        .sort("participant", "mate")
    )


def mates_at_first_hit(first_hits: pl.DataFrame, mates: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Measure how far standing team mates are at each participant's first hit.

    Returns:
        `participant`, `mate_distance_first_hit_m`, `mates_within_25m`, `mates_within_50m`, `mates_within_100m`,
        `is_alone`, for who has a hit.
    """
    hits = first_hits.join(cast.participants.select("participant", "player"), on="participant").drop_nulls(
        "first_hit_at"
    )
    event, player = hits["first_hit_event"].to_numpy(), hits["player"].to_numpy()
    own = sightings.place_before(player, sightings.seq_of_event[event], hits["first_hit_at"].to_physical().to_numpy())
    hits = hits.select(
        "participant", "first_hit_event", "first_hit_at", has_place=~np.isnan(own[:, 0])
    ).with_row_index()

    pairs = hits.join(mates, on="participant")
    mate, seq = pairs["mate"].to_numpy(), sightings.seq_of_event[pairs["first_hit_event"].to_numpy()]
    time = pairs["first_hit_at"].to_physical().to_numpy()
    is_standing = sightings.is_standing(mate, seq, time)
    distance = _distance_m(own[pairs["index"].to_numpy()], sightings.place_before(mate, seq, time))
    counted = (
        pairs.select("participant", is_standing=is_standing, distance=pl.Series(distance, nan_to_null=True))
        .group_by("participant")
        .agg(
            pl.col("distance").filter("is_standing").min().alias("mate_distance_first_hit_m"),
            pl.col("distance").is_null().filter("is_standing").any().alias("is_one_unknown"),
            *(
                (pl.col("distance").filter("is_standing") <= radius)
                .sum()
                .clip(upper_bound=MAX_COUNT)
                .alias(_within(radius))
                for radius in RADII_M
            ),
        )
    )
    is_known = pl.col("has_place") & ~pl.col("is_one_unknown").fill_null(value=False)
    return hits.join(counted, on="participant", how="left").select(
        "participant",
        "mate_distance_first_hit_m",
        *(pl.when(is_known).then(pl.col(_within(radius)).fill_null(0)) for radius in RADII_M),
        # Without a row of counts there are no mates at all.
        is_alone=pl.when(is_known).then(pl.col(_within(ALONE_M)) == 0),
    )


def mean_mate_distance(mates: pl.DataFrame, cast: Cast, grid: Grid) -> pl.DataFrame:
    """Average the distance to the nearest standing team mate over the seconds in which a participant stands.

    Returns:
        `participant`, `mate_distance_mean_m`; null where it is never known.
    """
    of_participants = grid.of(cast.participants)
    nearest = np.full(len(of_participants.point), np.inf)
    pairs = mates.join(cast.participants.select("participant", "fight"), on="participant", how="left").select(
        "participant", "fight", player="mate", turn=pl.int_range(pl.len()).over("participant")
    )
    for turn in pairs.partition_by("turn"):  # the first mate of everybody, the second ...
        of_mates = grid.of(turn)
        own = of_participants.places_of(turn["participant"].to_numpy())
        distance = _distance_m(
            np.take(grid.place, of_participants.point[own], axis=0), np.take(grid.place, of_mates.point, axis=0)
        )
        distance[~grid.is_standing[of_mates.point]] = np.inf
        nearest[own] = np.fmin(nearest[own], distance)  # passes over NaN
    counts = grid.is_standing[of_participants.point] & np.isfinite(nearest)
    return cast.participants.select("participant").with_columns(
        mate_distance_mean_m=per_second(of_participants, nearest, counts)
    )


def _within(metres: int) -> str:
    return f"mates_within_{metres}m"


def _distance_m(one: Floats, other: Floats) -> Floats:
    apart = one - other
    distance: Floats = np.sqrt(np.einsum("ij,ij->i", apart, apart)) / CM_PER_M
    return distance
