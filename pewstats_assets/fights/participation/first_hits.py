"""The first hit of a fight, and of each participant in it."""

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import distance_m
from pewstats_assets.fights.participation.ordered import NO_ROW, Numbers


def first_hits(hits: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Find first hits, equal times as in the file.

    Returns:
        `first_hit_at`, `dealt_first_hit`, `took_first_hit`, `first_hit_distance_m`, `joined_late` of each participant,
        and `first_hit_event`, the number of the event; null without a hit.
    """
    participants = cast.participants.height
    dealt = _first_rows(hits["actor_participant"].to_numpy(), participants)
    taken = _first_rows(hits["victim_participant"].to_numpy(), participants)
    of_fights = _first_rows(hits["fight"].to_numpy(), cast.fights.height)[cast.participants["fight"].to_numpy()]
    first = hits.select(
        *("event", "time", "actor_participant", "victim_participant", "actor_team", "victim_team"),
        distance=distance_m(),
    )
    first = pl.concat([first, first.clear(1)])  # a row of nulls behind the last: none
    own, of_fight, own_dealt = first[np.minimum(dealt, taken)], first[of_fights], first[dealt]
    participant, team = cast.participants["participant"], cast.participants["team"]
    is_actor, is_victim = participant == of_fight["actor_participant"], participant == of_fight["victim_participant"]
    return pl.DataFrame(
        {
            "first_hit_at": own["time"],
            "first_hit_event": own["event"],
            "dealt_first_hit": is_actor,
            "took_first_hit": is_victim & ~is_actor,  # of one name, it dealt it
            "first_hit_distance_m": own_dealt["distance"],
            "joined_late": (team != of_fight["actor_team"]) & (team != of_fight["victim_team"]),
        }
    )


def _first_rows(group: Numbers, groups: int) -> Numbers:
    """Find the first row of each of so many groups; without one, the row behind the last."""
    first = np.full(groups, len(group))
    is_in_group = group != NO_ROW
    np.minimum.at(first, group[is_in_group], np.flatnonzero(is_in_group))
    return first
