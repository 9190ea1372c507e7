"""Position: how far team mates are, at a participant's first hit and on average."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import CM_PER_M
from pewstats_assets.fights.participation.grid import Grid, per_second
from pewstats_assets.fights.participation.mates import Mates
from pewstats_assets.fights.participation.numbers import MAX_COUNT
from pewstats_assets.fights.participation.ordered import NO_ROW, places_in_groups
from pewstats_assets.fights.participation.sightings import Floats, Sightings

#: Inclusive, in metres.
RADII_M: Final = (25, 50, 100)
ALONE_M: Final = 100


def mates_at_first_hit(first_hits: pl.DataFrame, mates: Mates, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Measure how far standing team mates are at each participant's first hit.

    Returns:
        `mate_distance_first_hit_m`, `mates_within_25m`, `mates_within_50m`, `mates_within_100m`, `is_alone` of each
        participant; null without a hit.
    """
    number = cast.participants.height
    event = first_hits["first_hit_event"].fill_null(NO_ROW).to_numpy()
    has_hit = event != NO_ROW
    seq = sightings.seq_of_event[event]
    time = first_hits["first_hit_at"].to_physical().fill_null(0).to_numpy()
    own = sightings.place_before(cast.participants["player"].to_numpy(), seq, time)

    one, mate = (of[has_hit[mates.participant]] for of in (mates.participant, mates.player))
    is_standing = sightings.is_standing(mate, seq[one], time[one])
    one, mate = one[is_standing], mate[is_standing]
    distance = _distance_m(own[one], sightings.place_before(mate, seq[one], time[one]))
    is_measured = ~np.isnan(distance)
    nearest = np.full(number, np.inf)
    np.minimum.at(nearest, one[is_measured], distance[is_measured])
    within = {radius: np.bincount(one[distance <= radius], minlength=number) for radius in RADII_M}
    has_nearest = pl.Series(np.bincount(one[is_measured], minlength=number) > 0)
    is_one_unknown = np.bincount(one[~is_measured], minlength=number) > 0
    has_mates = pl.Series(np.bincount(mates.participant, minlength=number) > 0)
    is_known = pl.Series(has_hit & ~np.isnan(own[:, 0]) & ~is_one_unknown)
    return pl.select(
        pl.when(has_nearest).then(pl.Series(nearest)).alias("mate_distance_first_hit_m"),
        *(
            pl.when(is_known).then(pl.Series(np.minimum(counts, MAX_COUNT))).alias(f"mates_within_{radius}m")
            for radius, counts in within.items()
        ),
        # A squad of one has nobody to be far from.
        is_alone=pl.when(is_known & has_mates).then(pl.Series(within[ALONE_M] == 0)),
    )


def mean_mate_distance(mates: Mates, cast: Cast, grid: Grid) -> pl.DataFrame:
    """Average the distance to the nearest standing team mate over the seconds in which a participant stands.

    Returns:
        `mate_distance_mean_m` of each participant; null where it is never known.
    """
    fight = cast.participants["fight"].to_numpy()
    of_participants = grid.of(fight, cast.participants["player"].to_numpy())
    nearest = np.full(len(of_participants.point), np.inf)
    turn = places_in_groups(mates.participant)
    for number in range(turn.max(initial=-1) + 1):  # the first mate of everybody, the second ...
        participant, mate = mates.participant[turn == number], mates.player[turn == number]
        of_mates = grid.of(fight[participant], mate)
        own = of_participants.places_of(participant)
        distance = _distance_m(
            np.take(grid.place, of_participants.point[own], axis=0), np.take(grid.place, of_mates.point, axis=0)
        )
        distance[~grid.is_standing[of_mates.point]] = np.inf
        nearest[own] = np.fmin(nearest[own], distance)  # passes over NaN
    counts = grid.is_standing[of_participants.point] & np.isfinite(nearest)
    return pl.DataFrame({"mate_distance_mean_m": per_second(of_participants, nearest, counts)})


def _distance_m(one: Floats, other: Floats) -> Floats:
    apart = one - other
    distance: Floats = np.sqrt(np.einsum("ij,ij->i", apart, apart)) / CM_PER_M
    return distance
