"""Materializing batches in this process: real Dagster runs, one a batch, recorded in the instance."""

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import dagster as dg
from dagster._core.utils import make_new_run_id

from pewstats_assets.definitions import COMPARISON_JOB_NAME, JOB_NAME, defs
from pewstats_assets.failures import STORAGE_ERRORS, cause, cause_of_exception
from pewstats_assets.retries import MAX_RETRIES, WAIT_S

#: The assets in the order in which a run materializes them.
ASSETS: Final = ("telemetry", "team_fights", "fight_participants", "player_profiles")
_log: Final = logging.getLogger(__name__)
#: The console gets what needs attention; the whole log is in the instance.
_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


@dataclass(frozen=True, slots=True)
class LoadedBatch:
    """A run of one batch.

    Attributes:
        seconds: how long it took.
        failures: what failed it, in the words of the failed steps.
        failed_checks: names of the asset checks that failed, those included that do not fail a run.
        storage_failed: whether the run broke off because Dagster could not store its records.
    """

    batch: str
    run_id: str
    seconds: float
    failures: Sequence[str]
    failed_checks: Sequence[str]
    storage_failed: bool = False


def load_batches(instance: dg.DagsterInstance, batches: Iterable[str]) -> Iterator[LoadedBatch]:
    """Materialize all assets of each batch and run their checks; a batch that fails does not stop the next.

    A run whose records Dagster cannot store breaks off; it is started anew a few times.

    Raises:
        KeyboardInterrupt: somebody stopped the run of a batch; what that batch had is left as it was.
    """
    for batch in batches:
        start = time.monotonic()
        retries = 0
        while (loaded := _run(instance, batch, start)).storage_failed and retries < MAX_RETRIES:
            retries += 1
            _log.warning("%s: %s Trying again.", batch, loaded.failures[0])
            time.sleep(WAIT_S)
        yield loaded


def _run(instance: dg.DagsterInstance, batch: str, start: float) -> LoadedBatch:
    run_id = make_new_run_id()
    try:
        result = defs.resolve_job_def(JOB_NAME).execute_in_process(
            run_config=_QUIET, partition_key=batch, instance=instance, run_id=run_id, raise_on_error=False
        )
    except STORAGE_ERRORS as error:
        failure = f"Dagster's storage failed, and with it the run: {cause_of_exception(error)}."
        return LoadedBatch(batch, run_id, time.monotonic() - start, [failure], [], storage_failed=True)
    failures = _failures(result)
    failed_checks = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
    return LoadedBatch(batch, run_id, time.monotonic() - start, failures, failed_checks)


def compare_players(instance: dg.DagsterInstance) -> Sequence[str]:
    """Compare the players of each mode, by the sums of all batches; return what failed it."""
    result = defs.resolve_job_def(COMPARISON_JOB_NAME).execute_in_process(
        run_config=_QUIET, instance=instance, raise_on_error=False
    )
    return _failures(result)


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What failed a run: each failed step with its cause; Ctrl-C goes on to whoever waits for the run."""
    errors = [(event.step_key, event.step_failure_data.error) for event in result.all_events if event.is_step_failure]
    if any(error and error.cls_name == dg.DagsterExecutionInterruptedError.__name__ for _, error in errors):
        raise KeyboardInterrupt
    steps = [f"{step}: {cause(error)}" for step, error in errors]
    # A run can fail without a step: before the first of them, when it cannot connect.
    return steps or [cause(event.job_failure_data.error) for event in result.all_events if event.is_job_failure]


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
