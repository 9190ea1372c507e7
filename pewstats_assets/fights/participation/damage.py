"""Damage dealt: to whom it went, standing or knocked, and by which weapons."""

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.ordered import NO_ROW
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import KNOCKED


def damage_by_state(window: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Split the damage that participants dealt (v2 rule 17) by the state of the victim just before.

    Returns:
        `damage_to_standing`, `damage_to_knocked` of each participant.
    """
    damage, is_knocked = pl.col("damage"), pl.col("is_knocked")
    dealt = window.select("event", "damage", participant="actor_participant").filter(window["kind"] == "damage")
    found = (
        dealt.with_columns(is_knocked=sightings.victim_state[dealt["event"].to_numpy()] == KNOCKED)
        .group_by("participant", maintain_order=True)
        .agg(damage_to_standing=damage.filter(~is_knocked).sum(), damage_to_knocked=damage.filter(is_knocked).sum())
    )
    return cast.sums_of_participants(found)


def damage_by_weapon(hits: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Sum the damage of hits by weapon, most first, as a JSON array of objects with `weapon` and `damage`.

    Returns:
        `damage_by_weapon` of each participant; null without a hit.
    """
    found = (
        hits.select("actor_participant", "damage_causer", "damage")
        .filter(pl.col("actor_participant") != NO_ROW)
        .group_by("actor_participant", weapon="damage_causer", maintain_order=True)
        .agg(pl.col("damage").sum())
        .sort("actor_participant", "damage", "weapon", descending=[False, True, False])
        .select("actor_participant", json=pl.struct("weapon", "damage").struct.json_encode())
        .group_by(participant="actor_participant", maintain_order=True)
        .agg(damage_by_weapon=pl.format("[{}]", pl.col("json").str.join(",")))
    )
    return cast.of_participants(found)
