"""Focus: damage on enemies whom a team mate hit at about the same time."""

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.ordered import NO_ROW, begins_of, runs_of

#: Before and after a hit, inclusive.
FOCUS_WITHIN: Final = timedelta(seconds=3)

_WITHIN_US: Final = FOCUS_WITHIN // timedelta(microseconds=1)


def focused_damage(hits: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Sum the damage of hits on whom a team mate hit, too, within 3 s.

    Returns:
        `focused_damage` of each participant.
    """
    names = hits["victim_name"]
    by_name = names.cast(pl.Enum(names.drop_nulls().unique().sort())).to_physical().cast(pl.Int64)
    target = [hits["actor_team"].to_numpy(), by_name.fill_null(-1).to_numpy(), hits["fight"].to_numpy()]
    row = np.lexsort(target)
    is_new_target = np.logical_or.reduce([begins_of(part[row]) for part in target])
    participant, time = hits["actor_participant"].to_numpy()[row], hits["time"].to_physical().to_numpy()[row]
    # Of the hits on one target by one team, those by one player that follow each other are a run: the last hit by
    # somebody else is the one before the run, the next by somebody else is the one behind it.
    first, behind = runs_of(is_new_target | begins_of(participant))
    last_of_other = np.where(is_new_target[first], NO_ROW, first - 1)
    next_of_other = np.where(np.append(is_new_target, True)[behind], NO_ROW, behind)
    is_focused = ((last_of_other != NO_ROW) & (time - time[last_of_other] <= _WITHIN_US)) | (
        (next_of_other != NO_ROW) & (time[next_of_other] - time <= _WITHIN_US)
    )
    found = (
        pl.DataFrame({"participant": participant, "damage": hits["damage"][row], "is_focused": is_focused})
        .group_by("participant", maintain_order=True)
        .agg(focused_damage=pl.col("damage").filter("is_focused").sum())
    )
    return cast.sums_of_participants(found)
