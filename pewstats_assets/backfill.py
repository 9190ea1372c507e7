"""Materializing batches in this process: real Dagster runs, one a batch, recorded in the instance."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import dagster as dg

from pewstats_assets.definitions import JOB_NAME, defs
from pewstats_assets.failures import cause

#: The assets in the order in which a run materializes them.
ASSETS: Final = ("telemetry", "team_fights", "fight_participants", "player_profiles")
#: The console gets what needs attention; the whole log is in the instance.
_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


@dataclass(frozen=True, slots=True)
class LoadedBatch:
    """A run of one batch.

    Attributes:
        seconds: how long it took.
        failures: what failed it, in the words of the failed steps.
        failed_checks: names of the asset checks that failed, those included that do not fail a run.
    """

    batch: str
    run_id: str
    seconds: float
    failures: Sequence[str]
    failed_checks: Sequence[str]


def load_batches(instance: dg.DagsterInstance, batches: Iterable[str]) -> Iterator[LoadedBatch]:
    """Materialize all assets of each batch and run their checks; a batch that fails does not stop the next."""
    job = defs.resolve_job_def(JOB_NAME)
    for batch in batches:
        start = time.monotonic()
        result = job.execute_in_process(run_config=_QUIET, partition_key=batch, instance=instance, raise_on_error=False)
        failures = [
            f"{event.step_key}: {cause(event.step_failure_data.error)}"
            for event in result.all_node_events
            if event.is_step_failure
        ]
        failed_checks = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
        yield LoadedBatch(batch, result.run_id, time.monotonic() - start, failures, failed_checks)


def unfinished(
    instance: dg.DagsterInstance, batches: Sequence[str], waiting: Collection[str] = frozenset()
) -> list[str]:
    """Return the batches that have to be materialized, in order.

    Of those an asset is missing, or older than one it is made of: that is what a run leaves that failed on the way,
    after an earlier one had completed. Or they are `waiting`: a match was put back into them from quarantine.
    """
    events = instance.event_log_storage
    latest = [
        events.get_latest_storage_id_by_partition(dg.AssetKey(asset), dg.DagsterEventType.ASSET_MATERIALIZATION)
        for asset in ASSETS
    ]

    def is_complete(batch: str) -> bool:
        ids = [of_asset.get(batch) or 0 for of_asset in latest]
        return all(ids) and ids == sorted(ids)

    return [batch for batch in batches if batch in waiting or not is_complete(batch)]
