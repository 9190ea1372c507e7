"""The zone: its phase when a fight starts, and who is in the blue."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import Window
from pewstats_assets.fights.participation.ordered import NO_ROW, ByTime, rows_of_ranges
from pewstats_assets.fights.participation.sightings import Sightings

#: There are 9; a number above this has no room.
MAX_PHASE: Final = 1_000


def zone_phases(cast: Cast, phases: pl.DataFrame) -> pl.DataFrame:
    """Tell the last zone phase that was announced when the fight of each participant started; 0 before the first.

    Returns:
        `zone_phase`; null if the match has no phases.
    """
    dated = phases.filter(pl.col("phase").is_between(1, MAX_PHASE)).sort("match_no", "time", maintain_order=True)
    match_no = dated["match_no"].to_numpy()
    by_time = ByTime(match_no, dated["time"].to_physical().to_numpy())
    of_fights, start = cast.fights["match_no"].to_numpy(), cast.fights["start"].to_physical().to_numpy()
    last = by_time.first_after(of_fights, start) - 1
    is_of_match = np.append(match_no, NO_ROW)[last] == of_fights
    phase = np.where(is_of_match, np.append(dated["phase"].to_numpy(), 0)[last], 0)
    has_phases = np.isin(of_fights, match_no)
    fight = cast.participants["fight"].to_numpy()
    return pl.select(zone_phase=pl.when(pl.Series(has_phases[fight])).then(pl.Series(phase[fight])))


def in_blue_zone(cast: Cast, sightings: Sightings, windows: Window) -> pl.DataFrame:
    """Tell whether participants were in the blue zone at a sighting during the fight, until they died.

    Returns:
        `in_blue_zone` of each participant; null if no sighting says.
    """
    fight, player = cast.participants["fight"].to_numpy(), cast.participants["player"].to_numpy()
    number, seen = rows_of_ranges(
        sightings.first_from(player, sightings.seq_of_event[windows.first[fight]]),
        sightings.first_from(player, sightings.seq_of_event[windows.behind[fight] - 1] + 1),
    )
    tells = np.bincount(number[sightings.tells_zone[seen]], minlength=len(player)) > 0
    is_in = np.bincount(number[sightings.tells_zone[seen] & sightings.in_blue_zone[seen]], minlength=len(player)) > 0
    return pl.select(in_blue_zone=pl.when(pl.Series(tells)).then(pl.Series(is_in)))
