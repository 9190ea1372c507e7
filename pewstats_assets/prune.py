"""Removes what nobody needs any more: Dagster's records of old runs, and telemetry as Parquet of no batch.

Not here: what is somebody's data. Rows of the warehouse stay, telemetry files stay, and so does every record on which
the status of an asset, a partition or a check rests, however old it is. Uninstalling is `clean`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import dagster as dg
import psycopg
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter, BulkActionStatus
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.tags import BACKFILL_ID_TAG

from pewstats_assets.errors import PewstatsError
from pewstats_assets.telemetry import TelemetryStore
from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.matches import LOCK, batches, match_ids

_RESULTS: Final = (dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_OBSERVATION)
_CHECKS: Final = {
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
}


@dataclass(frozen=True, slots=True)
class PrunedRuns:
    """What was pruned of Dagster's records, or would be.

    Attributes:
        ended_before: runs that ended later were not looked at.
        old_runs: how many ended before.
        needed_runs: how many of them stay: on their records rests the status of an asset, a partition or a check.
        removed_runs: how many of them went.
        removed_events: how many events went with them.
    """

    ended_before: datetime
    old_runs: int
    needed_runs: int
    removed_runs: int
    removed_events: int


def prune_runs(
    instance: dg.DagsterInstance,
    older_than: timedelta,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
    *,
    dry_run: bool = False,
) -> PrunedRuns:
    """Remove runs that ended long ago with their events, results of checks, and compute logs.

    A run stays whole as long as something rests on it: it holds the last materialization of a partition or an asset,
    the last result of a check of a partition, or a last attempt that failed, which the UI shows as failed. So it does
    while its backfill is not at an end. Without this rule partitions would be missing again, and loaded again.

    Whoever stops it, by a kill even, leaves each run whole, or without some of its records; the next call goes on.

    Args:
        instance: whose runs; those of other projects in the same instance included.
        older_than: how long ago a run must have ended.
        progress: goes through the ids of old runs, and may show how far it is.
        dry_run: count only.
    """
    ended_before = datetime.now(UTC) - older_than
    old = instance.get_run_ids(dg.RunsFilter(statuses=FINISHED_STATUSES, updated_before=ended_before))
    needs = _Needs.of(instance)
    runs = events = 0
    for run_id in progress(old[::-1]):  # from the oldest on
        if needs.run(run_id):
            continue
        runs += 1
        events += len(instance.all_logs(run_id))
        if not dry_run:
            _remove(instance, run_id)
    return PrunedRuns(ended_before, len(old), len(old) - runs, runs, events)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What rests on which records, when it was looked at: later, less rests on old ones, never more.

    Attributes:
        runs: needed for what they are.
        events: storage ids of the last materialization and the last observation of each partition.
    """

    instance: dg.DagsterInstance
    runs: frozenset[str]
    events: frozenset[int]

    @classmethod
    def of(cls, instance: dg.DagsterInstance) -> Self:
        storage = instance.event_log_storage
        runs: set[str | None] = set()
        events: set[int] = set()
        for record in instance.get_asset_records():
            entry = record.asset_entry
            runs |= {last.run_id for last in (entry.last_materialization_record, entry.last_observation_record) if last}
            runs.add(entry.last_run_id)
            for kind in _RESULTS:
                events |= set(storage.get_latest_storage_id_by_partition(entry.asset_key, kind).values())
            attempts = storage.get_latest_asset_partition_materialization_attempts_without_materializations(
                entry.asset_key
            )
            runs |= {run_id for run_id, _ in attempts.values()}
        at_work = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
        backfills = [one.backfill_id for one in instance.get_backfills(BulkActionsFilter(statuses=at_work))]
        if backfills:
            runs |= set(instance.get_run_ids(dg.RunsFilter(tags={BACKFILL_ID_TAG: backfills})))
        return cls(instance, frozenset(filter(None, runs)), frozenset(events))

    def run(self, run_id: str) -> bool:
        """Whether something rests on a run."""
        return run_id in self.runs or self._has_last_result(run_id) or self._has_last_check(run_id)

    def _has_last_result(self, run_id: str) -> bool:
        results = self.instance.get_records_for_run(run_id, of_type=set(_RESULTS)).records
        return any(record.storage_id in self.events for record in results)

    def _has_last_check(self, run_id: str) -> bool:
        checked: dict[str | None, set[dg.AssetCheckKey]] = defaultdict(set)
        for record in self.instance.get_records_for_run(run_id, of_type=_CHECKS).records:
            event = record.event_log_entry.get_dagster_event()
            if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                checked[event.partition].add(event.asset_check_evaluation_data.asset_check_key)
            else:
                planned = event.asset_check_planned_data
                subset = planned.partitions_subset
                for partition in subset.get_partition_keys() if subset is not None else [None]:
                    checked[partition].add(planned.asset_check_key)
        storage = self.instance.event_log_storage
        return any(
            last.run_id == run_id
            for partition, checks in checked.items()
            for last in storage.get_latest_asset_check_execution_by_key(
                list(checks), PartitionKeyFilter(key=partition)
            ).values()
        )


def _remove(instance: dg.DagsterInstance, run_id: str) -> None:
    """Remove a run, and last of all that by which the next call finds it."""
    storage = instance.event_log_storage
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    # Results of checks are in a table of their own, which Dagster does not clear when it deletes a run.
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        connection.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))
    # By itself it would remove the run before its events, and a kill in between would leave events of no run for ever.
    storage.delete_events(run_id)
    instance.delete_run(run_id)


NOT_REGISTERED: Final = "the batch is not registered"
LEFTOVER: Final = "left by a killed writer"


class ForeignStoreError(PewstatsError):
    """The telemetry belongs to another warehouse, as far as can be seen."""


@dataclass(frozen=True, slots=True)
class StrayTelemetry:
    """Telemetry as Parquet that nobody reads.

    Attributes:
        batch: whose it is.
        reason: `NOT_REGISTERED`, or `LEFTOVER`: the batch is, and a killed writer left another version of it.
    """

    batch: str
    reason: str


def stray_telemetry(databases: Databases, store: TelemetryStore) -> list[StrayTelemetry]:
    """Find telemetry of batches that no longer exist, and what killed writers left.

    Raises:
        ForeignStoreError: batches are not registered, and of those that are, none has the matches that the warehouse
            says: a wrong database is more likely than so much that may go. Keys prove nothing: all begin at 1.
        DatabaseError: the warehouse cannot be reached.
    """
    stored = store.batches()  # before the warehouse is asked: what is registered and written meanwhile is not in it
    with databases.connect() as connection:
        registered = set(batches(connection))
        gone = [batch for batch in stored if batch not in registered]
        if gone and not any(_has_matches_of(store, connection, batch) for batch in stored if batch in registered):
            msg = (
                f"Nothing was removed. Of the {len(stored)} batches whose telemetry is below {store.root}, none has the"
                " matches that this warehouse has registered for it: look whether PEWSTATS_DATABASE_URL and"
                " PEWSTATS_HOME or PEWSTATS_PARQUET belong together. If all of it may go, remove the folder."
            )
            raise ForeignStoreError(msg)
    return [StrayTelemetry(batch, NOT_REGISTERED) for batch in gone] + [
        StrayTelemetry(batch, LEFTOVER) for batch in store.leftovers() if batch not in gone
    ]


def _has_matches_of(store: TelemetryStore, connection: psycopg.Connection, batch: str) -> bool:
    """Whether the telemetry of a batch is of matches that the warehouse has in this batch."""
    try:
        stored = {match_id for part in store.read(batch, "facts") for match_id in part["facts"]["match_id"]}
    except FileNotFoundError:
        return False  # all that there is was left by killed writers
    return not stored.isdisjoint(match_ids(connection, batch))


def remove_stray(databases: Databases, store: TelemetryStore, stray: StrayTelemetry) -> bool:
    """Remove what `stray_telemetry` found; return whether it did: a batch that is registered by now stays."""
    if stray.reason == LEFTOVER:
        store.remove_leftovers(stray.batch)
        return True
    with databases.connect() as connection:
        connection.execute(LOCK)  # nobody registers a batch of this key meanwhile
        if stray.batch in batches(connection):
            return False
        store.remove(stray.batch)
        return True
