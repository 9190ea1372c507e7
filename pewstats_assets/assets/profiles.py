"""The asset `player_profiles`: what a batch adds to each player's profile."""

import dagster as dg

from pewstats_assets.partitions import backfill_policy, match_batches
from pewstats_assets.profiles import sum_profiles
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import retry_database_errors
from pewstats_assets.warehouse.profiles import participants_of, replace_profiles


@dg.asset(
    deps=["team_fights", "fight_participants"],
    partitions_def=match_batches,
    backfill_policy=backfill_policy(),
    group_name="match_batches",
    kinds={"python", "polars", "postgres"},
)
def player_profiles(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> None:
    """The sums of a batch per player (table `player_profile_sums`); the view `player_profiles` merges all batches."""
    for batch in context.partition_keys:
        with retry_database_errors(), warehouse.connect() as connection:
            sums = sum_profiles(participants_of(connection, batch))
            replace_profiles(connection, batch, sums)
        metadata: dict[str, dg.MetadataValue] = {
            "players": dg.MetadataValue.int(sums.height),
            "dagster/table_name": dg.MetadataValue.text("player_profile_sums"),
            "dagster/partition_row_count": dg.MetadataValue.int(sums.height),
        }
        context.add_asset_metadata(metadata, partition_key=batch)
