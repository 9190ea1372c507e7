"""Pruning: records of old runs go, and nobody can tell from any status; stray telemetry goes, and no other."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import dagster as dg
import psycopg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.test_utils import create_run_for_test

from pewstats_assets.backfill import compare_players, load_batches, unfinished
from pewstats_assets.definitions import BATCH_CHECK_JOB_NAME, JOB_NAME, TABLE_CHECK_JOB_NAME, defs
from pewstats_assets.home import TELEMETRY_FOLDER
from pewstats_assets.partitions import follow_warehouse, register_folder
from pewstats_assets.prune import LEFTOVER, NOT_REGISTERED, PrunedRuns, prune_runs, remove_stray, stray_telemetry
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import TelemetryStore
from pewstats_assets.warehouse import Databases
from pewstats_assets_tests.cli.terminals import on_a_terminal
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import write_matches
from pewstats_assets_tests.test_ui import GraphQL, user_interface

NOW: Final = timedelta(0)
BATCHES: Final = [f"batch_{number:05d}" for number in range(1, 6)]
STATUSES: Final = """
{
  assetNodes {
    assetKey { path }
    partitionStats { numMaterialized numPartitions numFailed numMaterializing }
    assetPartitionStatuses { ... on DefaultPartitionStatuses {
      materializedPartitions failedPartitions unmaterializedPartitions materializingPartitions
    } }
    latestMaterializationByPartition { runId timestamp partition metadataEntries { label } }
    assetMaterializations(limit: 1) { runId timestamp }
    assetChecksOrError { ... on AssetChecks { checks {
      name
      executionForLatestMaterialization { runId status timestamp }
      partitionStatuses { ... on AssetCheckDefaultPartitionStatuses {
        succeededPartitions failedPartitions skippedPartitions executionFailedPartitions inProgressPartitions
      } }
    } } }
  }
}
"""
#: What the storage holds. Tables that pruning has nothing to do with are not in it.
SIZES: Final = """
SELECT (SELECT count(*) FROM event_logs), (SELECT count(*) FROM asset_check_executions), (SELECT count(*) FROM runs),
    (SELECT count(*) FROM asset_event_tags), (SELECT count(*) FROM run_tags),
    (SELECT sum(octet_length(event)) FROM event_logs)
"""

OF_NO_RUN: Final = """
SELECT run_id FROM event_logs UNION SELECT run_id FROM asset_check_executions EXCEPT SELECT run_id FROM runs
"""


@pytest.fixture
def pewstats(settings: Settings) -> Pewstats:
    """The commands, with the home and the databases of the test."""
    assert settings.database_url is not None
    return Pewstats(settings.home, settings.database_url)


@pytest.fixture
def loaded_twice(
    tmp_path: Path,
    settings: Settings,
    databases: Databases,
    instance: dg.DagsterInstance,
    connection: psycopg.Connection,
) -> list[str]:
    """Five batches, with all that can become of one; the runs on which nothing rests any more.

    The first two were loaded by one run, and again by one each; the first was checked once more. The third was loaded,
    failed, and failed again. The fourth failed and is missing, the fifth was never loaded. Schedules ran twice.
    """
    write_matches(tmp_path / "telemetry", range(1, 6))
    register_folder(databases, settings, tmp_path / "telemetry", 1)
    assert follow_warehouse(databases, instance) == BATCHES

    def run(job: str, **how: Any) -> str:
        return defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, **how).run_id

    def range_of(first: str, last: str) -> dict[str, str]:
        return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}

    of_both = run(JOB_NAME, tags=range_of(BATCHES[0], BATCHES[1]))
    assert [one.failures for one in load_batches(instance, BATCHES[:3])] == [[], [], []]
    connection.execute("ALTER TABLE team_fights ADD CONSTRAINT broken CHECK (id < 0) NOT VALID")
    failed_first, _, _ = (run(JOB_NAME, partition_key=batch) for batch in (BATCHES[2], BATCHES[2], BATCHES[3]))
    connection.execute("ALTER TABLE team_fights DROP CONSTRAINT broken")
    checked_first, _ = (run(BATCH_CHECK_JOB_NAME, partition_key=BATCHES[0]) for _ in range(2))
    tables_first, _ = (run(TABLE_CHECK_JOB_NAME) for _ in range(2))
    assert compare_players(instance) == []
    compared_first = instance.get_run_ids(limit=1)[0]
    assert compare_players(instance) == []
    return [of_both, failed_first, checked_first, tables_first, compared_first]


def dagster_url(databases: Databases) -> str:
    return databases.dagster_url.replace("+psycopg2", "")


def sizes(databases: Databases) -> tuple[int, ...]:
    with psycopg.connect(dagster_url(databases)) as connection:
        return connection.execute(SIZES).fetchone() or ()


def statuses(ask: GraphQL) -> Any:
    return {node["assetKey"]["path"][0]: node for node in ask(STATUSES)["assetNodes"]}


def test_no_status_in_the_ui_changes_and_what_nothing_rests_on_goes(
    loaded_twice: list[str], instance: dg.DagsterInstance, databases: Databases, pewstats: Pewstats
) -> None:
    runs = set(instance.get_run_ids())
    events = sum(len(instance.all_logs(run)) for run in loaded_twice)
    to_load = unfinished(instance, BATCHES)
    assert to_load == BATCHES[2:]
    with user_interface(pewstats) as ask:
        before = statuses(ask)
        assert before["telemetry"]["assetPartitionStatuses"]["materializedPartitions"] == BATCHES[:4]
        assert before["team_fights"]["assetPartitionStatuses"]["failedPartitions"] == BATCHES[2:4]
        size = sizes(databases)

        would = prune_runs(instance, NOW, dry_run=True)
        assert sizes(databases) == size
        pruned = prune_runs(instance, NOW)
        assert set(instance.get_run_ids()) == runs - set(loaded_twice)
        assert counts(pruned) == counts(would) == (len(runs), len(runs) - 5, 5, events)
        smaller = sizes(databases)
        assert smaller[0] == size[0] - events
        assert all(small < large for small, large in zip(smaller, size, strict=True)), (size, smaller)
        assert statuses(ask) == before

        assert counts(prune_runs(instance, NOW)) == (len(runs) - 5, len(runs) - 5, 0, 0)
        assert statuses(ask) == before
    assert sizes(databases) == smaller
    assert unfinished(instance, BATCHES) == to_load


def counts(pruned: PrunedRuns) -> tuple[int, int, int, int]:
    return pruned.old_runs, pruned.needed_runs, pruned.removed_runs, pruned.removed_events


def break_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_who_breaks_off_in_the_middle_goes_on(
    loaded_twice: list[str], instance: dg.DagsterInstance, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = set(instance.get_run_ids())
    to_load = unfinished(instance, BATCHES)
    for holder, method in (
        (instance.compute_log_manager, "delete_logs"),
        (instance.event_log_storage, "delete_events"),
        (instance, "delete_run"),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(holder, method, break_off)
            with pytest.raises(KeyboardInterrupt):
                prune_runs(instance, NOW)
        assert unfinished(instance, BATCHES) == to_load
        assert set(instance.get_run_ids()) == runs
    assert prune_runs(instance, NOW).removed_runs == 5
    assert set(instance.get_run_ids()) == runs - set(loaded_twice)
    with psycopg.connect(dagster_url(databases)) as connection:
        left = connection.execute(OF_NO_RUN).fetchall()
    assert left == [], "records of no run, which nobody would ever find"


def test_young_runs_those_in_progress_and_those_of_a_backfill_in_progress_stay(instance: dg.DagsterInstance) -> None:
    job = defs.resolve_job_def(TABLE_CHECK_JOB_NAME)
    old, of_backfill, last = (job.execute_in_process(instance=instance).run_id for _ in range(3))
    assert prune_runs(instance, timedelta(days=1)).old_runs == 0
    running = create_run_for_test(instance, job_name=JOB_NAME, status=dg.DagsterRunStatus.STARTED).run_id
    instance.add_backfill(
        PartitionBackfill(
            "at work",
            BulkActionStatus.REQUESTED,
            from_failure=False,
            tags={},
            backfill_timestamp=datetime.now(UTC).timestamp(),
        )
    )
    instance.add_run_tags(of_backfill, {"dagster/backfill": "at work"})
    assert counts(prune_runs(instance, NOW))[:3] == (3, 2, 1)
    assert set(instance.get_run_ids()) == {of_backfill, last, running}
    assert instance.get_run_by_id(old) is None


def test_the_command_prunes_and_leaves_nothing_to_load(
    tmp_path: Path, settings: Settings, databases: Databases, instance: dg.DagsterInstance, pewstats: Pewstats
) -> None:
    write_matches(tmp_path / "telemetry", range(1, 3))
    register_folder(databases, settings, tmp_path / "telemetry", 1)
    pewstats.run("backfill")
    pewstats.run("backfill", "--all")
    (young,) = pewstats.json("prune", "runs")
    assert (young["old_runs"], young["removed_runs"]) == (0, 0)
    out, err = pewstats.run("prune", "runs", "--older-than", "0", "--dry-run", "--json")
    assert "Nothing was removed: --dry-run." in err
    assert '"removed_runs":3' in out.replace(" ", "")
    logs = settings.home / "dagster" / "storage"
    captured = {path.name for path in logs.iterdir() if len(path.name) == 36}
    assert captured == set(instance.get_run_ids())
    (pruned,) = pewstats.json("prune", "runs", "--older-than", "0")
    assert (pruned["old_runs"], pruned["needed_runs"], pruned["removed_runs"]) == (6, 3, 3)
    assert {path.name for path in logs.iterdir() if len(path.name) == 36} == set(instance.get_run_ids())
    assert len(instance.get_run_ids()) == 3
    assert "Nothing to do: every registered batch is complete." in pewstats.run("backfill")[1]


@pytest.fixture
def store(tmp_path: Path, settings: Settings, databases: Databases, instance: dg.DagsterInstance) -> TelemetryStore:
    """The telemetry of two batches, that of a third which is not registered, and what a killed writer left."""
    write_matches(tmp_path / "telemetry", range(1, 3))
    register_folder(databases, settings, tmp_path / "telemetry", 1)
    assert [one.failures for one in load_batches(instance, follow_warehouse(databases, instance))] == [[], []]
    root = settings.home / TELEMETRY_FOLDER
    store = TelemetryStore(root)
    version = (root / BATCHES[1]).resolve()
    for name in (f"{BATCHES[2]}.{'0' * 32}", f"{BATCHES[0]}.{'1' * 32}"):
        shutil.copytree(version, version.with_name(name))
    (root / BATCHES[2]).symlink_to(f".versions/{BATCHES[2]}.{'0' * 32}")
    return store


def files(store: TelemetryStore) -> list[Path]:
    return sorted(Path(str(store.root)).rglob("*"))


def test_stray_telemetry_is_removed_and_no_other(store: TelemetryStore, pewstats: Pewstats) -> None:
    all_files = files(store)
    found = [{"batch": BATCHES[2], "reason": NOT_REGISTERED}, {"batch": BATCHES[0], "reason": LEFTOVER}]
    assert pewstats.json("prune", "telemetry", "--dry-run") == found
    assert "say so by --yes" in pewstats.run("prune", "telemetry", exit_code=1)[1]
    assert "Nothing was removed." in on_a_terminal(pewstats, "prune", "telemetry", typed="n\n", exit_code=1)[0]
    assert files(store) == all_files
    assert pewstats.json("prune", "telemetry", "--yes") == found
    gone = {str(path.relative_to(str(store.root))).split("/")[:2][-1] for path in set(all_files) - set(files(store))}
    assert gone == {BATCHES[2], f"{BATCHES[2]}.{'0' * 32}", f"{BATCHES[0]}.{'1' * 32}"}
    assert pewstats.json("prune", "telemetry", "--yes") == []
    for batch in BATCHES[:2]:
        assert sum(part["facts"].height for part in store.read(batch, "facts")) == 1


def test_a_store_of_another_warehouse_is_left_alone(
    store: TelemetryStore, connection: psycopg.Connection, pewstats: Pewstats
) -> None:
    """Its keys are alike; an empty warehouse knows none, and one that is away nothing at all."""
    all_files = files(store)
    connection.execute("UPDATE matches SET match_id = gen_random_uuid()")
    refused = "none has the matches that this warehouse has registered for it"
    assert refused in pewstats.run("prune", "telemetry", "--yes", exit_code=1)[1]
    connection.execute("TRUNCATE match_batches CASCADE")
    assert refused in pewstats.run("prune", "telemetry", "--yes", exit_code=1)[1]
    pewstats.environment["PEWSTATS_DATABASE_URL"] = "postgresql://127.0.0.1:9/pewstats"
    assert "PostgreSQL cannot be used" in pewstats.run("prune", "telemetry", "--yes", exit_code=1)[1]
    assert files(store) == all_files


def test_a_batch_that_is_registered_meanwhile_stays(
    store: TelemetryStore, databases: Databases, connection: psycopg.Connection
) -> None:
    (stray, _) = stray_telemetry(databases, store)
    connection.execute("INSERT INTO match_batches (batch, awaits_run) VALUES (%s, false)", [stray.batch])
    assert not remove_stray(databases, store, stray)
    assert stray.batch in store.batches()
