"""The asset `player_profiles`: what a batch adds to each player's profile."""

import logging
from typing import Final

import dagster as dg
import psycopg

from pewstats_assets.profiles import sum_profiles
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.warehouse.profiles import participants_of, replace_profiles

PLAYER_PROFILES: Final = dg.AssetSpec(
    "player_profiles",
    deps=["team_fights", "fight_participants"],
    group_name="match_batches",
    kinds={"python", "polars", "postgres"},
    description="The sums of a batch per player (table `player_profile_sums`); the view `player_profiles` merges all"
    " batches.",
)


def materialize_profiles(log: logging.Logger, warehouse: WarehouseResource, batch: str) -> dict[str, dg.MetadataValue]:
    """Sum the participants of a batch per player; what came out, for its materialization."""

    def replace(connection: psycopg.Connection) -> int:
        sums = sum_profiles(participants_of(connection, batch))
        replace_profiles(connection, batch, sums)
        return sums.height

    players = in_warehouse(log, warehouse, replace)
    return {
        "players": dg.MetadataValue.int(players),
        "dagster/table_name": dg.MetadataValue.text("player_profile_sums"),
        "dagster/partition_row_count": dg.MetadataValue.int(players),
    }
