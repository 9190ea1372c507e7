"""The asset `player_profiles`: what a batch adds to each player's profile."""

import logging
import time
from collections.abc import Callable
from typing import Final

import dagster as dg
import psycopg

from pewstats_assets.assets import metadata
from pewstats_assets.assets.metadata import Metadata
from pewstats_assets.labels import GROUP, OWNERS, PERSONAL_DATA, RULESET
from pewstats_assets.profiles import ProfileSums, sum_profiles
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.warehouse import WrittenBatch, dictionary
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles

PLAYER_PROFILES: Final = dg.AssetSpec(
    "player_profiles",
    deps=["team_fights", "fight_participants"],
    group_name=GROUP,
    owners=OWNERS,
    tags=RULESET | PERSONAL_DATA,
    kinds={"python", "polars", "postgres"},
    description="The sums of a batch per player, map, mode and match type (table `player_profile_sums`), the players'"
    " names (`player_names`), the sums per squad (`squad_profile_sums`), who finishes whose knocks (`squad_finishes`)."
    " The views `player_profiles`, `player_mode_profiles`, `squads` and `squad_finish_pairs` merge all batches.",
    metadata=metadata.of_table(dictionary.PLAYER_PROFILE_SUMS),
)


def materialize_profiles(
    log: logging.Logger,
    warehouse: WarehouseResource,
    batch: str,
    written: WrittenBatch | None = None,
    may_commit: Callable[[], bool] = lambda: True,
) -> Metadata | None:
    """Sum the participants of a batch per player.

    Args:
        log: told of retries.
        warehouse: has the fights, and takes the sums.
        batch: the batch's key.
        written: the write of its fights, if it was just now; spares reading them.
        may_commit: asked once the sums are written; otherwise they are rolled back.

    Returns:
        What came out, for its materialization; None if it may not be committed.
    """
    start = time.monotonic()

    def replace(connection: psycopg.Connection) -> ProfileSums | None:
        sums = sum_profiles(fights_of(connection, batch, written))
        replace_profiles(connection, batch, sums)
        if may_commit():
            return sums
        connection.rollback()
        return None

    sums = in_warehouse(log, warehouse, replace)
    return metadata.of_profiles(sums, time.monotonic() - start) if sums else None
