"""What Dagster loads: all assets, checks, jobs, sensors and resources."""

from collections.abc import Mapping

import dagster as dg

from pewstats_assets.assets import ASSETS, player_populations
from pewstats_assets.checks import BATCH_CHECK_SPECS, table_integrity
from pewstats_assets.labels import CHECKS, COMPARES, LOADS, OWNERS
from pewstats_assets.partitions import match_batches
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.sensors import alerts, new_matches_sensor

JOB_NAME = "load_match_batches"
BATCH_CHECK_JOB_NAME = "check_match_batches"
COMPARISON_JOB_NAME = "compare_players"
COMPARISON_SCHEDULE_NAME = "compare_players_daily"
COMPARISON_TIME = "0 4 * * *"
TABLE_CHECK_JOB_NAME = "check_whole_tables"
TABLE_CHECK_SCHEDULE_NAME = "check_whole_tables_daily"
TABLE_CHECK_TIME = "0 5 * * *"


def build_defs(resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Assemble the definitions.

    Args:
        resources: replace those of the same name.
    """
    whole_tables = dg.AssetSelection.checks(table_integrity)
    comparison = dg.AssetSelection.assets(player_populations)
    load = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all() - comparison - whole_tables,
        description="Everything for a match batch: telemetry, fights with participants, checks, profiles.",
        owners=OWNERS,
        tags=LOADS,
    )
    compare = dg.define_asset_job(
        COMPARISON_JOB_NAME,
        selection=comparison.without_checks(),
        description="What the players of each mode are like, and where each stands, by the sums of all batches.",
        owners=OWNERS,
        tags=COMPARES,
    )
    check_batches = dg.define_asset_job(
        BATCH_CHECK_JOB_NAME,
        selection=dg.AssetSelection.checks(*(spec.key for spec in BATCH_CHECK_SPECS)),
        # Dagster infers partitions from selected assets, of which there are none.
        config=dg.PartitionedConfig(match_batches, run_config_for_partition_key_fn=lambda _: {}),
        description="The checks of a match batch alone; nothing is loaded.",
        owners=OWNERS,
        tags=CHECKS,
    )
    check_tables = dg.define_asset_job(
        TABLE_CHECK_JOB_NAME,
        selection=whole_tables,
        description="The checks of the whole tables, which are about no batch.",
        owners=OWNERS,
        tags=CHECKS,
    )
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=[table_integrity],
        jobs=[load, compare, check_batches, check_tables],
        schedules=[
            dg.ScheduleDefinition(
                name=COMPARISON_SCHEDULE_NAME,
                job=compare,
                cron_schedule=COMPARISON_TIME,
                execution_timezone="UTC",
                default_status=dg.DefaultScheduleStatus.RUNNING,
                description="Compares the players of each mode once a day, before the checks of the whole tables.",
                owners=OWNERS,
            ),
            dg.ScheduleDefinition(
                name=TABLE_CHECK_SCHEDULE_NAME,
                job=check_tables,
                cron_schedule=TABLE_CHECK_TIME,
                execution_timezone="UTC",
                default_status=dg.DefaultScheduleStatus.RUNNING,
                description="Runs the checks of the whole tables once a day.",
                owners=OWNERS,
            ),
        ],
        sensors=[alerts, new_matches_sensor(load)],
        resources={"warehouse": WarehouseResource(), "telemetry_store": TelemetryStoreResource(), **(resources or {})},
        executor=dg.in_process_executor,
    )


defs = build_defs()
