"""The zone: its phase when a fight starts, and who is in the blue."""

from typing import Final

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import Window
from pewstats_assets.fights.participation.ordered import rows_of_ranges
from pewstats_assets.fights.participation.sightings import Sightings

#: There are 9; a number above this has no room.
MAX_PHASE: Final = 1_000


def zone_phases(cast: Cast, phases: pl.DataFrame) -> pl.DataFrame:
    """Tell the last zone phase that was announced when a fight started; 0 before the first.

    Returns:
        `fight`, `zone_phase`; null if the match has no phases.
    """
    dated = (
        phases.filter(pl.col("phase").is_between(1, MAX_PHASE))
        .select("match_no", "time", zone_phase="phase")
        .sort("time")
    )
    return (
        cast.fights.select("fight", "match_no", "start")
        .sort("start")
        .join_asof(dated, left_on="start", right_on="time", by="match_no", check_sortedness=False)
        .with_columns(has_phases=pl.col("match_no").is_in(dated["match_no"].unique().implode()))
        .select("fight", zone_phase=pl.when("has_phases").then(pl.col("zone_phase").fill_null(0)))
    )


def in_blue_zone(cast: Cast, sightings: Sightings, windows: Window) -> pl.DataFrame:
    """Tell whether participants were in the blue zone at a sighting during the fight, until they died.

    Returns:
        `participant`, `in_blue_zone`, null if no sighting says, for who is seen.
    """
    players = cast.participants.select("fight", "player").unique()
    fight, player = players["fight"].to_numpy(), players["player"].to_numpy()
    number, seen = rows_of_ranges(
        sightings.first_from(player, sightings.seq_of_event[windows.first[fight]]),
        sightings.first_from(player, sightings.seq_of_event[windows.behind[fight] - 1] + 1),
    )
    found = (
        players[number]
        .with_columns(sightings.in_blue_zone[seen])
        .drop_nulls("in_blue_zone")
        .group_by("fight", "player")
        .agg(pl.col("in_blue_zone").any())
    )
    return cast.participants.join(found, on=["fight", "player"]).select("participant", "in_blue_zone")
