"""What Dagster loads: all assets, checks, jobs, sensors and resources."""

from collections.abc import Mapping

import dagster as dg

from pewstats_assets.assets import ASSETS
from pewstats_assets.checks import fight_integrity
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.sensors import alerts

JOB_NAME = "load_match_batches"


def build_defs(resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Assemble the definitions.

    Args:
        resources: replace those of the same name.
    """
    return dg.Definitions(
        assets=ASSETS,
        asset_checks=[fight_integrity],
        jobs=[
            dg.define_asset_job(
                JOB_NAME,
                selection=dg.AssetSelection.all(),
                description="Everything for a match batch: telemetry, fights with participants, checks, profiles.",
            )
        ],
        sensors=[alerts],
        resources={"warehouse": WarehouseResource(), "telemetry_store": TelemetryStoreResource(), **(resources or {})},
        executor=dg.in_process_executor,
    )


defs = build_defs()
